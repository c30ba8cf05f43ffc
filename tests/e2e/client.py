"""One of the clients of python.test.mjs: Debian's python3-socketio. Takes commands as lines of JSON, and tells what it hears the same way.

    client.py {sync|async} URL NAMESPACE [TRANSPORT...]

    ["emit", event, args]            ["call", event, args] -> ["ack", value]           ["disconnect"]

It tells ["connect", sid], ["refused", data], ["heard", event, args] and ["disconnect"]; it acknowledges `question` with its arguments.
Bytes are {"bytes": "<base64>"}.
"""

import asyncio
import base64
import json
import sys
import threading

import socketio

kind, url, namespace, *transports = sys.argv[1:]
HANDSHAKE = {"namespaces": [namespace], "transports": transports or None, "auth": {"token": "secret"}, "wait_timeout": 20}
telling = threading.Lock()


def shown(value):
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, (list, tuple)):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return {key: shown(one) for key, one in value.items()}
    return value


def meant(value):
    if isinstance(value, dict) and set(value) == {"bytes"}:
        return base64.b64decode(value["bytes"])
    if isinstance(value, list):
        return [meant(one) for one in value]
    if isinstance(value, dict):
        return {key: meant(one) for key, one in value.items()}
    return value


def tell(*what):
    with telling:
        print(json.dumps(shown(what)), flush=True)


def answer(*args):
    tell("heard", "question", args)
    return args


EVENTS = ["auth", "welcome", "message-back", "answer", "news", "doge", "takeUtf8", "gone"]


def listen(client, connect, question):
    client.on("connect", connect, namespace=namespace)
    client.on("connect_error", lambda *data: tell("refused", *data), namespace=namespace)
    client.on("disconnect", lambda *_: tell("disconnect"), namespace=namespace)
    client.on("question", question, namespace=namespace)
    for event in EVENTS:
        client.on(event, lambda *args, event=event: tell("heard", event, args), namespace=namespace)


def run_sync():
    client = socketio.Client(reconnection=False)
    listen(client, lambda: tell("connect", client.get_sid(namespace)), answer)
    try:
        client.connect(url, **HANDSHAKE)
    except socketio.exceptions.ConnectionError:
        return
    for line in sys.stdin:
        verb, *rest = meant(json.loads(line))
        if verb == "emit":
            client.emit(rest[0], tuple(rest[1]), namespace=namespace)
        elif verb == "call":
            tell("ack", client.call(rest[0], tuple(rest[1]), namespace=namespace, timeout=20))
        else:
            client.disconnect()
            return


async def run_async():
    client = socketio.AsyncClient(reconnection=False)

    async def question(*args):
        return answer(*args)

    async def connect():
        tell("connect", client.get_sid(namespace))

    listen(client, connect, question)
    try:
        await client.connect(url, **HANDSHAKE)
    except socketio.exceptions.ConnectionError:
        return
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        verb, *rest = meant(json.loads(line))
        if verb == "emit":
            await client.emit(rest[0], tuple(rest[1]), namespace=namespace)
        elif verb == "call":
            tell("ack", await client.call(rest[0], tuple(rest[1]), namespace=namespace, timeout=20))
        else:
            await client.disconnect()
            return


if kind == "sync":
    run_sync()
else:
    asyncio.run(run_async())
