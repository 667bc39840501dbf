"""From the settings file to the frozen values that sync and policies work by."""

import importlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from zoneinfo import ZoneInfo

from careloop.config.sections import DAYS, HoursSection, LinkSection, PhrasesSection, PilotSection
from careloop.config.settings import PolicySection, Settings
from careloop.errors import SettingsError
from careloop.model.check import CheckContext
from careloop.model.dialect import Dialect
from careloop.model.hours import Hours
from careloop.model.mapping import CommentRule, FieldRule, LinkRule, StateRule
from careloop.model.page import Scope
from careloop.model.plan import Limits
from careloop.model.rules import Budget, CareLevel, ContactRules, Mode, NeverAsk, Phrases, Pilot, Rules
from careloop.sync.terms import Promise, Terms


def make_terms(
    settings: Settings, dialects: Mapping[tuple[str, str], Dialect], since: Mapping[str, datetime]
) -> Terms:
    """Return the terms of a settings file; `since` is when policies left audit, where the file is silent."""
    root = settings.root
    contact = contact_rules(settings)
    return Terms(
        scopes=make_scopes(settings),
        links=tuple(_link(section) for section in root.sync.links),
        sync_mode=Mode(root.sync.mode),
        promises=tuple(
            Promise(policy=section.policy, rules=_rules(section, settings, dialects, since, contact))
            for section in settings.policies
        ),
        contact=contact,
        limits=Limits(**root.limits.model_dump()),
        dialects=dialects,
        closed_channels=_closed_channels(settings),
        backfill=root.sync.backfill,
        edition=version("careloop"),
    )


def make_scopes(settings: Settings) -> tuple[Scope, ...]:
    """Return what is pulled: every table and project named, with the fields and queries that links need."""
    links = [_link(section) for section in settings.root.sync.links]
    scopes = []
    for instance in settings.instances:
        queries: Mapping[str, str] = getattr(instance.section, "queries", {})
        for container, query in queries.items():
            here = (instance.name, container)
            lefts = [link for link in links if (link.left_instance, link.left_container) == here]
            rights = [link for link in links if (link.right_instance, link.right_container) == here]
            fields = {f.left for link in lefts for f in link.fields} | {
                f.right for link in rights for f in link.fields
            }
            fields |= {name for section in settings.policies for name in _fields_of(section)}
            scopes.append(
                Scope(
                    instance=instance.name,
                    container=container,
                    query=query,
                    selections={link.name: link.query for link in lefts},
                    fields=tuple(sorted(fields)),
                )
            )
    return tuple(scopes)


def make_check_context(settings: Settings) -> CheckContext:
    """Return what the settings intend, in as far as a platform may stand in its way."""
    modes = {section.common.mode for section in settings.policies}
    windows = [getattr(section.own, "window", 0) for section in settings.policies]
    levels = {section.common.care_level for section in settings.policies}
    return CheckContext(
        scopes=make_scopes(settings),
        acting=Mode.ACT in modes or settings.root.sync.mode == "act",
        asking=bool(modes & {Mode.ASK, Mode.ACT}),
        closing=any(getattr(s.own, "close", False) and s.common.mode is Mode.ACT for s in settings.policies),
        window_days=-(-max(windows, default=0) * 7 // 5),  # business days as calendar days
        care_level=(CareLevel.CARE if CareLevel.CARE in levels else CareLevel.COST).value,
    )


def contact_rules(settings: Settings) -> ContactRules:
    """Return how people are reached."""
    contact = settings.root.contact
    return ContactRules(
        channel=contact.channel,
        phone=contact.phone,
        hours=make_hours(contact.hours),
        budget=Budget(**contact.budget.model_dump()),
        noun=contact.noun,
        lapse_notice=contact.lapse_notice,
    )


def make_hours(section: HoursSection) -> Hours:
    """Return working hours; `holidays` names a calendar of the holidays library, such as DE or US-CA."""
    closed = set(section.closed) | set(_holidays(section.holidays))
    return Hours(
        zone=section.zone,
        days=tuple(sorted(DAYS.index(day) for day in section.days)),
        start=section.start,
        end=section.end,
        closed=frozenset(closed),
    )


def _holidays(name: str) -> Iterable[date]:
    if not name:
        return ()
    try:
        library = importlib.import_module("holidays")
    except ImportError as error:
        raise SettingsError(
            "contact.hours.holidays needs the extra 'calendar': pip install 'careloop[calendar]'"
        ) from error
    country, _, part = name.partition("-")
    try:
        return list(library.country_holidays(country, subdiv=part or None, years=range(2015, 2041)))
    except (NotImplementedError, KeyError) as error:
        raise SettingsError(f"contact.hours.holidays: no calendar is called {name!r}") from error


def _fields_of(section: PolicySection) -> Iterable[str]:
    """A policy setting whose name ends in `_field` names a column that has to be read."""
    for name in getattr(type(section.own), "__dataclass_fields__", {}):
        value = getattr(section.own, name)
        if name.endswith("_field") and isinstance(value, str) and value:
            yield value


def _link(section: LinkSection) -> LinkRule:
    return LinkRule(
        name=section.title,
        left_instance=section.left.instance,
        left_container=section.left.container,
        right_instance=section.right.instance,
        right_container=section.right.container,
        query=section.left.query,
        issue_type=section.right.issue_type,
        create=section.create,
        fields=tuple(
            FieldRule(left=f.left, right=f.right, direction=f.direction, values=dict(f.values))
            for f in section.fields
        ),
        states=tuple(
            StateRule(
                left=s.left,
                right=s.right,
                direction=s.direction,
                left_fields=dict(s.left_fields),
                right_fields=dict(s.right_fields),
            )
            for s in section.states
        ),
        comments=CommentRule(public=section.comments.public, internal=section.comments.internal),
    )


def _rules(
    section: PolicySection,
    settings: Settings,
    dialects: Mapping[tuple[str, str], Dialect],
    since: Mapping[str, datetime],
    contact: ContactRules,
) -> Rules[object]:
    common = section.common
    never = settings.root.never_ask
    written = _moment(common.since, contact.hours.zone)
    return Rules(
        settings=section.own,
        mode=common.mode,
        since=written or since.get(section.policy.name),
        approved_by=common.approved_by,
        author=common.author,
        care_level=common.care_level,
        pilot=_pilot(common.pilot),
        contact=contact,
        never_ask=NeverAsk(
            accounts=frozenset(never.accounts),
            categories=frozenset(name.lower() for name in never.categories),
            contact_types=frozenset(name.lower() for name in never.contact_types),
            shared_account_above=never.shared_account_above,
        ),
        phrases=_phrases(settings.root.phrases),
        dialects=dialects,
    )


def _phrases(section: PhrasesSection) -> Phrases:
    return Phrases(
        **{name: tuple(text.lower() for text in texts) for name, texts in section.model_dump().items()}
    )


def _moment(value: datetime | date | None, zone: str) -> datetime | None:
    """A date without a time begins at midnight where the organisation is."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(0))
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _pilot(section: PilotSection) -> Pilot:
    return Pilot(
        groups=frozenset(section.groups),
        categories=frozenset(section.categories),
        containers=frozenset(section.containers),
        requesters=frozenset(section.requesters),
    )


def _closed_channels(settings: Settings) -> dict[str, str]:
    """Nobody is contacted from an instance not in production, unless the settings say so on loopback."""
    contact = settings.root.contact
    if contact.non_production == "send":
        return {}
    mailbox = contact.test_mailbox or "the test mailbox"
    return {
        instance.name: f"{instance.name} is not marked 'production: true', so contacts go to {mailbox} only, "
        f"which the channel {contact.channel} cannot reach"
        for instance in settings.instances
        if not instance.production
    }
