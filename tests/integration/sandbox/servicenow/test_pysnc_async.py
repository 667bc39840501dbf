"""The asynchronous half of PySNC on the sandbox, in process, used as its own documentation shows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pysnc.exceptions
import pytest
from pysnc.asyncio import AsyncServiceNowClient
from pysnc.asyncio.auth import AsyncServiceNowClientCredentialsFlow, AsyncServiceNowPasswordGrantFlow

from careloop.sandbox.servicenow import Instance
from careloop.testing.sandbox import Served

pytest_plugins = ["careloop.testing.sandbox"]

ADDRESS = "https://servicenow.test"
ADMIN = Instance.admin_password


@asynccontextmanager
async def connected(instance: Instance, user: str = "admin", password: str = ADMIN) -> AsyncIterator[Any]:
    """Open a client of a user whose calls the instance answers without a network."""
    transport = httpx.ASGITransport(app=instance.app)
    async with httpx.AsyncClient(transport=transport, auth=(user, password)) as session:
        yield AsyncServiceNowClient(ADDRESS, session)


async def raise_problems(client: Any, count: int) -> None:
    for number in range(count):
        record = await client.GlideRecord("problem")
        record.initialize()
        record.short_description = f"Matter {number}"
        await record.insert()


async def found(client: Any, table: str, *condition: str, **settings: Any) -> Any:
    record = await client.GlideRecord(table, **settings)
    if condition:
        record.add_query(*condition)
    await record.query()
    return record


def test_a_record_is_inserted_got_updated_and_deleted(instance: Instance) -> None:
    async def story() -> None:
        async with connected(instance) as client:
            await raise_problems(client, 1)
            record = await client.GlideRecord("problem")
            assert await record.get("short_description", "Matter 0")
            record.impact = "1"
            assert await record.update() == record.sys_id
            assert record.get_display_value("impact") == "1 - High"
            again = await client.GlideRecord("problem")
            assert await again.get(str(record.sys_id))
            assert await again.delete()
            assert not await (await client.GlideRecord("problem")).get(str(record.sys_id))

    asyncio.run(story())


def test_a_loop_reads_over_the_ends_of_pages_and_again(instance: Instance) -> None:
    async def story() -> None:
        async with connected(instance) as client:
            record = await found(client, "syslog", batch_size=120)
            assert len(record) == len([row async for row in record]) == 500
            record.rewind()
            count = 0
            while await record.next():
                count += 1
            assert count == 500

    asyncio.run(story())


def test_many_records_are_changed_and_deleted_in_one_batch(instance: Instance) -> None:
    async def story() -> None:
        async with connected(instance) as client:
            await raise_problems(client, 4)
            record = await found(client, "problem", "short_description", "STARTSWITH", "Matter")
            async for row in record:
                row.short_description = f"Changed {row.short_description}"
            assert await record.update_multiple()
            assert len(await found(client, "problem", "short_description", "STARTSWITH", "Changed")) == 4
            doomed = await client.GlideRecord("problem")
            doomed.add_query("short_description", "STARTSWITH", "Changed")
            assert await doomed.delete_multiple()
            assert len(await found(client, "problem")) == 0

    asyncio.run(story())


def test_a_batch_takes_every_verb_and_tells_what_was_not_found(instance: Instance) -> None:
    async def story() -> None:
        answers: dict[str, httpx.Response] = {}

        def keep(name: str) -> Any:
            return lambda answer: answers.update({name: answer})

        async with connected(instance) as client:
            await raise_problems(client, 1)
            record = await found(client, "problem")
            assert await record.next()
            batch = client.batch_api
            batch.get(record, str(record.sys_id), keep("get"))
            batch.get(record, "0" * 32, keep("absent"))
            record.short_description = "Changed"
            batch.put(record, keep("put"))
            fresh = await client.GlideRecord("problem")
            fresh.initialize()
            fresh.short_description = "New"
            batch.post(fresh, keep("post"))
            batch.delete(record, keep("delete"))
            await batch.execute()

        statuses = {name: answer.status_code for name, answer in answers.items()}
        assert statuses == {"get": 200, "absent": 404, "put": 200, "post": 201, "delete": 204}
        assert (
            answers["put"].json()["result"]["short_description"] == "Changed"
        )  # it garbles parameters in batches

    asyncio.run(story())


def test_a_file_is_attached_read_written_and_deleted(instance: Instance, tmp_path: Path) -> None:
    async def story() -> None:
        async with connected(instance) as client:
            await raise_problems(client, 1)
            record = await found(client, "problem")
            assert await record.next()
            location = await record.add_attachment("notes.txt", b"one\ntwo", content_type="text/plain")
            assert location.startswith(f"{ADDRESS}/api/now/v1/attachment/")
            async for file in await record.get_attachments():
                assert await file.readlines() == ["one", "two"]
                with await file.as_temp_file() as kept:
                    assert kept.read() == b"one\ntwo"
                assert (await file.write_to(tmp_path)).read_bytes() == b"one\ntwo"
                await file.delete()
            assert len(await record.get_attachments()) == 0

    asyncio.run(story())


def test_many_ask_at_the_same_time(instance: Instance) -> None:
    async def story() -> None:
        async with connected(instance) as client:
            await raise_problems(client, 3)
            counts = await asyncio.gather(*(found(client, "problem") for _ in range(12)))
            assert [len(record) for record in counts] == [3] * 12

    asyncio.run(story())


def test_a_wrong_password_an_unknown_table_and_a_missing_right_are_errors(instance: Instance) -> None:
    async def story() -> None:
        async with connected(instance, "admin", "wrong") as client:
            with pytest.raises(pysnc.exceptions.AuthenticationException):
                await found(client, "problem")
        async with connected(instance, "omar.haddad", "omar.haddad") as client:
            with pytest.raises(pysnc.exceptions.RequestException):
                await found(client, "no_such_table")
            with pytest.raises(pysnc.exceptions.RoleException):
                await raise_problems(client, 1)

    asyncio.run(story())


def test_both_flows_open_a_session_over_tls(served_sandbox: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    told = served_sandbox.addresses["servicenow"]
    monkeypatch.setenv("SSL_CERT_FILE", served_sandbox.addresses["ca"])
    enabled = "glide.oauth.inbound.client.credential.grant_type.enabled"
    served_sandbox.sandbox.servicenow.set_property(enabled, "true")
    application = (told["client_id"], told["client_secret"])

    async def story() -> list[str]:
        session = await AsyncServiceNowPasswordGrantFlow("admin", "admin", *application).authenticate(
            told["url"]
        )
        me = await session.get("/api/now/table/sys_user", params={"user_name": "admin"})
        await session.aclose()
        session = await AsyncServiceNowClientCredentialsFlow(*application).authenticate(told["url"])
        client = AsyncServiceNowClient(told["url"], session)
        mine = await found(client, "sys_user", "user_name", "careloop")
        await client.close()
        return [me.json()["result"][0]["name"], *[str(row.name) async for row in mine]]

    assert asyncio.run(story()) == ["System Administrator", "Careloop Integration"]
