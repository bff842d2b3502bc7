#!/usr/bin/env python3
"""Checks a proof of Assay with nothing but Python's standard library and openssl: verify_proof.py PROOF.json PUBLISHER.pub.pem

Written from the description in the offline help ("Proofs"), not from Assay's code. Prints the proven lines; exit 1 when not proven.
"""
import base64, hashlib, json, subprocess, sys, tempfile


def sha256(data):
    return hashlib.sha256(data).digest()


def signed_statement(bundle, key):
    """DSSE: openssl verifies the signature over the pre-authentication encoding of the payload."""
    envelope = json.loads(bundle)["dsseEnvelope"]
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    with tempfile.NamedTemporaryFile() as signature:
        signature.write(base64.b64decode(envelope["signatures"][0]["sig"]))
        signature.flush()
        command = ["openssl", "dgst", "-sha256", "-verify", key, "-signature", signature.name]
        if subprocess.run(command, input=pae, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            sys.exit("signature does not verify")
    return json.loads(payload)


def root_of(size, known, nodes):
    """RFC 6962 tree, level by level: a missing sibling is the next of `nodes`, a last node without sibling moves up."""
    count, spare = size, list(nodes)
    while count > 1:
        above = {}
        for position in sorted(known):
            sibling = position ^ 1
            if sibling >= count:
                above[position // 2] = known[position]
            elif position // 2 not in above:
                other = known[sibling] if sibling in known else spare.pop(0)
                left, right = (known[position], other) if position % 2 == 0 else (other, known[position])
                above[position // 2] = sha256(b"\x01" + left + right)
        known, count = above, (count + 1) // 2
    return known[0] if not spare else None


proof = json.load(open(sys.argv[1], "rb"))
merkle = signed_statement(proof["signatures"][0]["text"], sys.argv[2])["predicate"]["merkle"]
leaves = {leaf["index"]: sha256(b"\x00" + leaf["line"].encode()) for leaf in proof["leaves"]}
try:
    root = root_of(merkle["leaves"], leaves, [bytes.fromhex(node) for node in proof["nodes"]])
except (IndexError, KeyError):
    root = None
if root is None or root.hex() != merkle["root"]:
    sys.exit("not proven")
for leaf in proof["leaves"]:
    print(leaf["line"])
