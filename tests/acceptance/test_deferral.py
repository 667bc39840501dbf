"""Scope that somebody puts off by hand names people of whom no record speaks."""

from tests.acceptance.shop import Shop

MORE = ("--until", "2026-12-24", "--reason", "no budget this year")


def test_people_whom_no_record_names_are_looked_up_where_they_have_an_account(shop: Shop) -> None:
    number = shop.row(shop.call("Printer jams"))["number"]
    assert shop.careloop("run").code == 0
    people = ("--owner", "lena.moreau", "--promised-to", "bruno.silva@example.com")
    assert shop.careloop("deferral", "add", number, *people, *MORE).code == 0
    shop.wait(minutes=5)
    shop.careloop("run")

    (item,) = shop.careloop("deferral", "list", "--format", "json").data
    assert (item["owner"], item["promised_to"]) == ("Lena Moreau", "Bruno Silva")


def test_somebody_whom_nobody_knows_is_named_and_nothing_is_entered(shop: Shop) -> None:
    number = shop.row(shop.call("Printer jams"))["number"]
    assert shop.careloop("run").code == 0
    done = shop.careloop("deferral", "add", number, "--owner", "ghost", "--promised-to", "ghost", *MORE)

    assert done.code == 1
    assert "ghost: no record that was read names anybody like this, and no instance knows" in done.err
    assert shop.careloop("deferral", "list").out == "nothing is put off\n"
