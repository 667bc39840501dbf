"""What the settings come to ask for later is not there by itself, and careloop says so."""

from tests.acceptance.shop import Shop

MAPPED = "        - {from: description, to: description, direction: forward}\n"


def test_a_field_that_is_mapped_later_needs_one_run_that_reads_everything(shop: Shop) -> None:
    shop.call("Printer jams")
    assert shop.careloop("run").code == 0
    settings = shop.folder / "careloop.yaml"
    before = settings.read_text()
    settings.write_text(before.replace(MAPPED, f"{MAPPED}        - {{from: urgency, to: labels}}\n"))
    shop.wait(minutes=12)
    says = "servicenow/incident: records that have not changed since the settings did lack urgency; run once"

    assert says in shop.careloop("plan").err
    assert says in shop.careloop("run").out
    checked = shop.careloop("check", "--format", "json").data
    (told,) = [one for one in checked if one["name"] == "incident: settings"]
    assert told["severity"] == "warning"
    assert "lack urgency" in told["says"]
    assert "lack" not in shop.careloop("run", "--read-again").out
    assert "lack" not in shop.careloop("run").out
