"""Two people change the two sides of a pair: nobody's words are lost, and a person chooses."""

from tests.acceptance.shop import Shop


def test_a_conflict_is_shown_with_both_texts_and_the_kept_one_is_written(shop: Shop) -> None:
    incident = shop.call("Printer jams", group="Engineering")
    bot = shop.sandbox.jira.act("bot@example.com")
    for _ in range(2):  # the issue is made, then both sides agree
        shop.wait(minutes=12)
        assert shop.careloop("run").code == 0
    (issue,) = bot.search("project = ENG")
    shop.change("rosa.quint", incident, short_description="Printer jams after two pages")
    bot.edit(issue, summary="Paper tray B jams")
    shop.wait(minutes=12)

    assert shop.careloop("run").code == 3
    listed = shop.careloop("conflicts", "--format", "json")
    (conflict,) = listed.data
    assert listed.code == 3
    assert (conflict["left"]["text"], conflict["right"]["text"], conflict["base"]) == (
        "Printer jams after two pages",
        "Paper tray B jams",
        "Printer jams",
    )

    assert shop.careloop("conflicts", "keep", conflict["id"], "right", "--by", "rosa.quint").code == 0
    shop.wait(minutes=12)
    assert shop.careloop("run").code == 0
    assert shop.row(incident)["short_description"] == "Paper tray B jams"
    assert shop.careloop("conflicts").out == "no conflict is open\n"
