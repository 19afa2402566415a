"""Drives the registry with the official service SDK for Python; prints what it saw as JSON."""

import json
import sys

from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Device, ExportImportDevice

connection_string = sys.argv[1]
manager = IoTHubRegistryManager.from_connection_string(connection_string)


def status_of(call):
    """The HTTP status that a call failed with, or None."""
    try:
        call()
    except Exception as error:
        response = getattr(error, "response", None)
        return getattr(response, "status_code", repr(error))
    return None


key1 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
key2 = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="

created = manager.create_device_with_sas("py-device", key1, key2, "enabled")
read = manager.get_device("py-device")
conflict = status_of(lambda: manager.create_device_with_sas("py-device", key1, key2, "enabled"))
updated = manager.update_device_with_sas("py-device", read.etag, key2, key1, "disabled")
stale = status_of(lambda: manager.update_device_with_sas("py-device", read.etag, key1, key2, "enabled"))
x509 = manager.create_device_with_x509("py-x509", "A" * 40, "B" * 40, "enabled")
ca_signed = manager.create_device_with_certificate_authority("py-ca", "enabled")
module = manager.create_module_with_sas("py-device", "py-module", "tests", key1, key2)
modules = manager.get_modules("py-device")
bulk = manager.bulk_create_or_update_devices(
    [ExportImportDevice(id=f"py-bulk-{n}", import_mode="create", status="enabled") for n in range(3)]
)
listed = manager.get_devices(1000)
statistics = manager.get_device_registry_statistics()
service = manager.get_service_statistics()
manager.delete_module("py-device", "py-module")
manager.delete_device("py-device")
absent = status_of(lambda: manager.get_device("py-device"))

print(
    json.dumps(
        {
            "created": [created.device_id, created.status, created.authentication.symmetric_key.primary_key],
            "read": [read.connection_state, read.etag == created.etag],
            "conflict": conflict,
            "updated": [updated.status, updated.authentication.symmetric_key.primary_key],
            "stale": stale,
            "x509": [x509.authentication.type, x509.authentication.x509_thumbprint.primary_thumbprint],
            "ca": ca_signed.authentication.type,
            "module": [module.module_id, module.managed_by],
            "modules": [m.module_id for m in modules],
            "bulk": bulk.is_successful,
            "listed": sorted(d.device_id for d in listed if d.device_id.startswith("py-")),
            "total": statistics.total_device_count,
            "connected": service.connected_device_count,
            "absent": absent,
        }
    )
)
