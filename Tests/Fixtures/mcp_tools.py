"""Calls the tools of a shop with the MCP client of PyPI, and prints a line of JSON for each step.

usage: mcp_tools.py URL MODE READ_TOKEN WRITE_TOKEN ALL_TOKEN

MODE is "auto" (asks the server what it speaks) or "legacy" (begins with initialize).
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def text(result):
    assert len(result.content) == 1, result
    return result.content[0].text


def row(result):
    """The object that a one-line summary ends with."""
    said = text(result)
    assert "\n" not in said, said
    return json.loads(said[said.index("{"):])


class Shop:
    """A client with a token."""

    def __init__(self, url, mode, token):
        self.url, self.mode = url, mode
        self.http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"})

    async def __aenter__(self):
        self.client = Client(streamable_http_client(self.url, http_client=self.http), mode=self.mode)
        return await self.client.__aenter__()

    async def __aexit__(self, *error):
        await self.client.__aexit__(*error)
        await self.http.aclose()


async def names(url, mode, token):
    async with Shop(url, mode, token) as shop:
        return [tool.name for tool in (await shop.list_tools()).tools]


async def main(url, mode, read, write, everything):
    async with Shop(url, mode, write) as shop:
        say("connect", version=shop.protocol_version, server=shop.server_info.name, instructions=bool(shop.instructions))
        if mode == "legacy":
            await shop.send_ping()
        await use(shop)
    say(
        "levels",
        read=await names(url, mode, read),
        write=await names(url, mode, write),
        all=[name for name in await names(url, mode, everything) if "token" in name],
    )
    async with Shop(url, mode, read) as shop:
        refused = await shop.call_tool("create", {"resource": "brand", "body": {"name": "X"}})
        say("level", error=refused.is_error, text=text(refused))


async def use(shop):
    tools = (await shop.list_tools()).tools
    for tool in tools:
        assert tool.input_schema["type"] == "object" and tool.description, tool
    hints = {tool.name: tool.annotations.read_only_hint for tool in tools if tool.annotations}
    say("hints", read=sorted(name for name, hint in hints.items() if hint))

    described = text(await shop.call_tool("describe", {}))
    say("describe", order=[line for line in described.split("\n") if line.startswith("order:")])
    members = text(await shop.call_tool("describe", {"resource": "order"}))
    say("members", status=[line for line in members.split("\n") if line.startswith("status ")])

    found = text(await shop.call_tool("search", {"resource": "product", "query": "teapto"}))
    say("search", head=found.split("\n")[0], name=json.loads(found.split("\n")[1])["name"])
    product = json.loads(found.split("\n")[1])["product_id"]
    customer = text(await shop.call_tool("search", {"resource": "customer", "query": "Ann"}))
    say("search_customer", name=json.loads(customer.split("\n")[1])["name"])

    first = text(await shop.call_tool("list", {"resource": "order", "query": {"limit": 1, "sort": "order_id"}}))
    lines = first.split("\n")
    after = json.loads(lines[2].removeprefix("more: query "))["after"]
    second = text(
        await shop.call_tool("list", {"resource": "order", "query": {"limit": 1, "sort": "order_id", "after": after}})
    )
    orders = [json.loads(page.split("\n")[1])["order_id"] for page in (first, second)]
    say("list", heads=[first.split("\n")[0], second.split("\n")[0]], different=orders[0] != orders[1])

    dry = await shop.call_tool("create", {"resource": "brand", "body": {"name": "Dry"}, "dry_run": True})
    brands = text(await shop.call_tool("list", {"resource": "brand", "query": {"name": "Dry"}}))
    say("dry_run", text=text(dry), brands=brands)

    once = {"resource": "brand", "body": {"name": "Once"}, "idempotency_key": "brand-1"}
    answers = [await shop.call_tool("create", once) for _ in range(2)]
    brands = text(await shop.call_tool("list", {"resource": "brand", "query": {"name": "Once"}}))
    say(
        "twice",
        same=row(answers[0]) == row(answers[1]),
        begins=[text(answer).split(" create")[0] for answer in answers],
        brands=brands.split("\n")[0],
    )
    other = await shop.call_tool("create", {**once, "body": {"name": "Other"}})
    say("other_body", error=other.is_error, code=text(other).split(":")[0])

    labelled = await shop.call_tool("label_order", {"id": orders[0], "body": {"label": "from MCP"}})
    say("label", error=labelled.is_error, labels=row(labelled)["labels"])
    left = await shop.call_tool("unlabel_order", {"id": orders[0], "body": {"label": "from MCP"}})
    say("unlabel", error=left.is_error, labels=row(left).get("labels"))

    wrong = await shop.call_tool("update", {"resource": "product", "id": product, "body": {"price": "dear", "colour": 1}})
    say("error", error=wrong.is_error, lines=text(wrong).split("\n")[1:])
    gone = await shop.call_tool("get", {"resource": "product", "id": 99999999})
    say("missing", error=gone.is_error, code=text(gone).split(":")[0])
    try:
        await shop.call_tool("sing", {})
    except MCPError as error:
        say("unknown", code=error.code)


asyncio.run(main(*sys.argv[1:]))
