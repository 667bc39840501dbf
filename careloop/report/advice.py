"""What a person can do about a finding that waits for one."""

from careloop.model.decision import Finding

_COMPLETE = (
    "fill it in on the record, or: careloop deferral add {number} --owner ... --promised-to ... --until ..."
)
ADVICE = {
    "unconfirmed_closing": "ask the customer, then: careloop answer {number} yes|no --by YOU --phone",
    "refuted": "open it again and hand it back to whoever resolved it",
    "triage": "reply on the record, or say what it means: careloop answer {number} yes|no --by YOU --phone",
    "callback": "call, then: careloop answer {number} yes|no --by YOU --phone",
    "parked": "ask the customer what is missing, or go on with the work",
    "shadow_reopen": (
        "the same problem? careloop link {content} {number}; another one? the same with --separate"
    ),
    "many_proposals": "let a lead look at it before it is proposed as solved again",
    "missing_owner": _COMPLETE,
    "missing_promised_to": _COMPLETE,
    "missing_date": _COMPLETE,
    "cannot_tell": "tell them yourself, or name a record that they can read",
    "deferral_due": "careloop deferral decide {number} do|keep|drop --reason ...",
    "deferred_again": "let its sponsor decide: careloop deferral decide {number} do|drop --reason ...",
}
"""By the name of the finding; `{number}` is its record's number and `{content}` what the finding names."""


def advise(finding: Finding, number: str) -> str:
    """Return what to do about a finding, or nothing where nobody has to act or only its policy knows."""
    if not finding.waits:
        return ""
    return ADVICE.get(finding.what, "").format(number=number, content=finding.content)
