"""Sends telemetry with the official device SDK for Python and reads it with the Event Hubs client; prints what it saw as JSON."""

import json
import ssl
import sys
import threading
import time

from azure.eventhub import EventHubConsumerClient
from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, Message, X509

arguments = json.loads(sys.argv[1])
host, ca, deadline_seconds = arguments["host"], arguments["ca"], 60

with open(ca, encoding="utf-8") as file:
    trusted = file.read()


def send(client, text):
    client.connect()
    message = Message(text)
    message.message_id = "id of " + text
    message.correlation_id = "correlation"
    message.content_type = "application/json"
    message.content_encoding = "utf-8"
    message.custom_properties["via"] = "a & b = c"
    client.send_message(message)
    client.send_message("")
    client.shutdown()


for websockets in (False, True):
    options = {"websockets": websockets, "server_verification_cert": trusted}
    name = "ws" if websockets else "tcp"
    device = IoTHubDeviceClient.create_from_connection_string(arguments["deviceConnectionString"], **options)
    send(device, json.dumps("device over " + name))
    module = IoTHubModuleClient.create_from_connection_string(arguments["moduleConnectionString"], **options)
    send(module, json.dumps("module over " + name))
    x509 = X509(cert_file=arguments["certFile"], key_file=arguments["keyFile"])
    by_certificate = IoTHubDeviceClient.create_from_x509_certificate(
        x509=x509, hostname=host, device_id=arguments["x509DeviceId"], **options
    )
    send(by_certificate, json.dumps("certificate over " + name))

try:
    IoTHubDeviceClient.create_from_connection_string(
        arguments["wrongConnectionString"], server_verification_cert=trusted, connection_retry=False
    ).connect()
    refused = None
except Exception as error:
    refused = type(error).__name__

wanted = 12
events = []
finished = threading.Event()


def on_event(context, event):
    if event is None:
        return
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    system = {text(k): text(v) for k, v in event.system_properties.items()}
    events.append(
        {
            "body": event.body_as_str(),
            "properties": {text(k): text(v) for k, v in (event.properties or {}).items()},
            "device": system.get("iothub-connection-device-id"),
            "module": system.get("iothub-connection-module-id"),
            "source": system.get("iothub-message-source"),
            "messageId": text(event.message_id) if event.message_id else None,
            "contentType": event.content_type,
            "sequence": isinstance(event.sequence_number, int),
            "enqueued": abs(event.enqueued_time.timestamp() - time.time()) < 300,
        }
    )
    if len(events) >= wanted:
        finished.set()


consumer = EventHubConsumerClient.from_connection_string(
    arguments["eventHubsConnectionString"], consumer_group="$Default", connection_verify=ca
)
partitions = consumer.get_partition_ids()
properties = consumer.get_partition_properties(partitions[0])
reader = threading.Thread(target=consumer.receive, kwargs={"on_event": on_event, "starting_position": "-1"}, daemon=True)
reader.start()
finished.wait(deadline_seconds)
consumer.close()

print(
    json.dumps(
        {
            "refused": refused,
            "partitions": len(partitions),
            "partition": properties["id"],
            "events": sorted(events, key=lambda e: (e["device"], e["module"] or "", e["body"])),
        }
    )
)
