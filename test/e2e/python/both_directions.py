"""Twins, methods and cloud-to-device messages with the official SDKs for Python; prints what both sides saw as JSON."""

import json
import queue
import sys

from azure.iot.device import IoTHubDeviceClient, IoTHubModuleClient, MethodResponse
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import CloudToDeviceMethod, QuerySpecification, Twin, TwinProperties

arguments = json.loads(sys.argv[1])
WAIT_SECONDS = 30

with open(arguments["ca"], encoding="utf-8") as file:
    trusted = file.read()

hub = IoTHubRegistryManager.from_connection_string(arguments["serviceConnectionString"])


def without_times(properties):
    return {key: value for key, value in properties.items() if key != "$metadata"}


def both_directions(client, get_twin, update_twin, invoke):
    seen = {}
    pushes, calls = queue.Queue(), queue.Queue()
    client.connect()
    client.on_twin_desired_properties_patch_received = pushes.put

    def answer(request):
        calls.put([request.name, request.payload])
        client.send_method_response(MethodResponse.create_from_method_request(request, 299, request.payload))

    client.on_method_request_received = answer
    seen["initial"] = client.get_twin()
    update_twin(Twin(tags={"site": "north"}, properties=TwinProperties(desired={"a": 1, "b": {"c": "x"}})))
    seen["pushed"] = pushes.get(timeout=WAIT_SECONDS)
    update_twin(Twin(properties=TwinProperties(desired={"a": None})))
    seen["removed"] = pushes.get(timeout=WAIT_SECONDS)
    client.patch_twin_reported_properties({"firmware": "1.2", "temporary": 1})
    client.patch_twin_reported_properties({"temporary": None})
    twin = get_twin()
    seen["tags"] = twin.tags
    seen["reported"] = without_times(twin.properties.reported)
    seen["desired"] = without_times(twin.properties.desired)
    seen["calls"] = []
    for payload in (None, "foo", {"k": [1, 2]}):
        method = CloudToDeviceMethod(
            method_name="echo", payload=payload, response_timeout_in_seconds=30, connect_timeout_in_seconds=30
        )
        result = invoke(method)
        seen["calls"].append([calls.get(timeout=WAIT_SECONDS), result.status, result.payload])
    return seen


def device(websockets):
    options = {"websockets": websockets, "server_verification_cert": trusted}
    device_id = arguments["deviceIds"][1 if websockets else 0]
    client = IoTHubDeviceClient.create_from_connection_string(
        arguments["deviceConnectionStrings"][1 if websockets else 0], **options
    )
    seen = both_directions(
        client,
        lambda: hub.get_twin(device_id),
        lambda patch: hub.update_twin(device_id, patch, "*"),
        lambda method: hub.invoke_device_method(device_id, method),
    )
    received = queue.Queue()
    client.on_message_received = received.put
    properties = {"messageId": "c2d-1", "contentType": "text/plain", "colour": "dark red"}
    hub.send_c2d_message(device_id, "hello from python", properties=properties)
    message = received.get(timeout=WAIT_SECONDS)
    seen["message"] = [message.data.decode(), message.message_id, message.content_type, message.custom_properties]
    client.shutdown()
    return seen


def module():
    device_id, module_id = arguments["deviceIds"][0], arguments["moduleId"]
    client = IoTHubModuleClient.create_from_connection_string(
        arguments["moduleConnectionString"], server_verification_cert=trusted
    )
    seen = both_directions(
        client,
        lambda: hub.get_module_twin(device_id, module_id),
        lambda patch: hub.update_module_twin(device_id, module_id, patch, "*"),
        lambda method: hub.invoke_device_module_method(device_id, module_id, method),
    )
    client.shutdown()
    return seen


result = {"tcp": device(False), "ws": device(True), "module": module()}
query = QuerySpecification(query="SELECT deviceId FROM devices WHERE tags.site = 'north'")
found = hub.query_iot_hub(query, None, 10)
result["found"] = sorted((item.additional_properties or {}).get("deviceId") or item.device_id for item in found.items)
print(json.dumps(result))
