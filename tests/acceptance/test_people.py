"""Our own people decide and vouch, also those whom no record names yet."""

from tests.acceptance.shop import Shop


def test_an_agent_whom_no_record_names_can_decide_and_vouch(shop: Shop) -> None:
    incident = shop.call("Printer jams")
    number = str(shop.row(incident)["number"])
    shop.resolve(incident)
    shop.wait(minutes=5)
    shop.careloop("run")
    override = ("override", number, "keep_open", "--reason", "she travels", "--by", "tomas.varga")

    assert shop.careloop(*override).code == 0
    assert "keep open: she travels (Tomas Varga)" in shop.careloop("override", "list").out
    told = shop.careloop("answer", number, "no", "--by", "jonas.beck", "--phone").out
    assert told.startswith(f"{number}: Jonas Beck says no; careloop will reopen it")
