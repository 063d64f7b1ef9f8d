"""A SAMP hub and a program on it (astropy 8.0.2), for tests: prints each message as a line of JSON, ends with its input."""

import json
import sys

from astropy import log
from astropy.samp import SAMPHubServer, SAMPIntegratedClient

log.setLevel("ERROR")
lockfile, message_types = sys.argv[1], sys.argv[2:]
hub = SAMPHubServer(lockfile=lockfile, web_profile=False, addr="127.0.0.1")
hub.start()
client = SAMPIntegratedClient(name="Stand-in TOPCAT", addr="127.0.0.1")
client.connect(hub_params=hub.params)


def tell(private_key, sender_id, message_type, parameters, extra):
    print(json.dumps({"type": message_type, **parameters}), flush=True)


for message_type in message_types:
    client.bind_receive_notification(message_type, tell)
print(json.dumps({"type": "ready"}), flush=True)
sys.stdin.read()
client.disconnect()
hub.stop()
