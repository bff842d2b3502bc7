"""securesystemslib on one side of a DSSE envelope.

verify BUNDLE PUBLIC_KEY    exit 0 when the envelope of a Sigstore bundle has a signature by the key
sign PAYLOAD PRIVATE_KEY    prints a DSSE envelope over the file as an in-toto payload
"""

import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def verify(bundle: Path, public_key: Path) -> None:
    content = json.loads(bundle.read_text())["dsseEnvelope"]
    envelope = Envelope.from_dict(content)
    key = SSlibKey.from_crypto(load_pem_public_key(public_key.read_bytes()))
    # The library only tries keys of the same id, while DSSE leaves the id open and the bundle names its key elsewhere.
    key.keyid = next(iter(envelope.signatures))
    envelope.verify([key], 1)


def sign(payload: Path, private_key: Path) -> None:
    signer = CryptoSigner(load_pem_private_key(private_key.read_bytes(), None))
    envelope = Envelope(payload.read_bytes(), PAYLOAD_TYPE, {})
    envelope.sign(signer)
    print(json.dumps(envelope.to_dict()))


{"verify": verify, "sign": sign}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
