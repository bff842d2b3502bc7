/**
 * The CMS (RFC 5652) in a report's signature: PAdES baseline-B (ETSI EN 319 142-1) with as little in it as that allows.
 *
 * Signed attributes: content-type, message-digest, signing-certificate-v2 (RFC 5035) and nothing else; the claimed time stands in
 * the PDF's /M, where the baseline wants it. One encoder serves signing and verifying: the verifier rebuilds the structure
 * from the certificates and the signature value and compares bytes, so that no field is left for anyone to play with.
 */
import 'reflect-metadata';
import { createHash, type KeyObject, sign as signBytes, verify as verifyBytes, X509Certificate } from 'node:crypto';
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_contentType,
  id_data,
  id_messageDigest,
  id_signedData,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms';
import { AsnArray, AsnConvert, AsnProp, AsnPropTypes, AsnType, AsnTypeTypes, OctetString } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';

const oidSha256 = '2.16.840.1.101.3.4.2.1';
const oidSigningCertificateV2 = '1.2.840.113549.1.9.16.2.47';
const oidEcdsaWithSha256 = '1.2.840.10045.4.3.2';
const oidSha256WithRsa = '1.2.840.113549.1.1.11';
const derNull = Uint8Array.from([5, 0]).buffer;

/** ESSCertIDv2 with the default hash, SHA-256, and nothing optional. Decorators are applied by call: they are not erasable syntax. */
class EssCertIdV2 {
  certHash = new OctetString();
}
AsnProp({ type: OctetString })(EssCertIdV2.prototype, 'certHash');
class EssCertIds extends AsnArray<EssCertIdV2> {}
AsnType({ type: AsnTypeTypes.Sequence, itemType: EssCertIdV2 })(EssCertIds);
class SigningCertificateV2 {
  certs = new EssCertIds();
}
AsnProp({ type: EssCertIds })(SigningCertificateV2.prototype, 'certs');

/** DER of an OBJECT IDENTIFIER, as the value of the content-type attribute. */
class ObjectIdentifierValue {
  value = '';
}
AsnType({ type: AsnTypeTypes.Choice })(ObjectIdentifierValue);
AsnProp({ type: AsnPropTypes.ObjectIdentifier })(ObjectIdentifierValue.prototype, 'value');

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The three signed attributes in DER order (a SET OF is sorted by encoding). */
function attributesOf(contentDigest: Uint8Array, certificates: readonly Uint8Array[]): Attribute[] {
  const oid = new ObjectIdentifierValue();
  oid.value = id_data;
  const signingCertificate = new SigningCertificateV2();
  for (const certificate of certificates) {
    const id = new EssCertIdV2();
    id.certHash = new OctetString(sha256(certificate));
    signingCertificate.certs.push(id);
  }
  return [
    new Attribute({ attrType: id_contentType, attrValues: [AsnConvert.serialize(oid)] }),
    new Attribute({ attrType: id_messageDigest, attrValues: [AsnConvert.serialize(new OctetString(contentDigest))] }),
    new Attribute({ attrType: oidSigningCertificateV2, attrValues: [AsnConvert.serialize(signingCertificate)] }),
  ].sort((a, b) => Buffer.compare(Buffer.from(AsnConvert.serialize(a)), Buffer.from(AsnConvert.serialize(b))));
}

/** What is signed: the DER of the attributes as a SET (RFC 5652 5.4). */
function signedBytes(attributes: readonly Attribute[]): Buffer {
  const body = Buffer.concat(attributes.map((attribute) => Buffer.from(AsnConvert.serialize(attribute))));
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : body.length < 256
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([Buffer.from([0x31]), length, body]);
}

type KeyKind = 'ec' | 'rsa';

const curves: readonly (string | undefined)[] = ['prime256v1', 'secp384r1'];

function keyKind(key: KeyObject): KeyKind | null {
  if (key.asymmetricKeyType === 'rsa') return 'rsa';
  return key.asymmetricKeyType === 'ec' && curves.includes(key.asymmetricKeyDetails?.namedCurve) ? 'ec' : null;
}

/** Is this a key that reports are signed with? */
export const canSign = (key: KeyObject): boolean => keyKind(key) !== null;

function encode(
  kind: KeyKind,
  attributes: Attribute[],
  certificates: readonly Uint8Array[],
  signature: Uint8Array,
): Uint8Array {
  const parsed = certificates.map((der) => {
    const certificate = AsnConvert.parse(der, Certificate);
    if (!Buffer.from(AsnConvert.serialize(certificate)).equals(Buffer.from(der)))
      throw new TypeError('a certificate is not in DER form');
    return certificate;
  });
  const [signer] = parsed;
  if (!signer) throw new TypeError('a signature needs a certificate');
  const sha = new DigestAlgorithmIdentifier({ algorithm: oidSha256 });
  const signedData = new SignedData({
    version: CMSVersion.v1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([sha]),
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_data }),
    certificates: new CertificateSet(parsed.map((certificate) => new CertificateChoices({ certificate }))),
    signerInfos: new SignerInfos([
      new SignerInfo({
        version: CMSVersion.v1,
        sid: new SignerIdentifier({
          issuerAndSerialNumber: new IssuerAndSerialNumber({
            issuer: signer.tbsCertificate.issuer,
            serialNumber: signer.tbsCertificate.serialNumber,
          }),
        }),
        digestAlgorithm: sha,
        signedAttrs: attributes,
        signatureAlgorithm:
          kind === 'ec'
            ? new SignatureAlgorithmIdentifier({ algorithm: oidEcdsaWithSha256 })
            : new SignatureAlgorithmIdentifier({ algorithm: oidSha256WithRsa, parameters: derNull }),
        signature: new OctetString(signature),
      }),
    ]),
  });
  return new Uint8Array(
    AsnConvert.serialize(new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(signedData) })),
  );
}

export interface CmsInput {
  /** SHA-256 of the covered bytes. */
  readonly contentDigest: Uint8Array;
  /** P-256, P-384 or RSA. */
  readonly privateKey: KeyObject;
  /** DER; the signer's first, then its issuers. */
  readonly certificates: readonly Uint8Array[];
}

/** Detached CMS over content of that digest. Throws `TypeError` for a key of another kind or one that the certificate does not hold. */
export function createCms(input: CmsInput): Uint8Array {
  const kind = keyKind(input.privateKey);
  if (kind === null) throw new TypeError('reports are signed with P-256, P-384 or RSA keys');
  const [certificate] = input.certificates;
  if (!certificate || !new X509Certificate(certificate).checkPrivateKey(input.privateKey)) {
    throw new TypeError('the certificate does not hold the public half of the signing key');
  }
  const attributes = attributesOf(input.contentDigest, input.certificates);
  return encode(kind, attributes, input.certificates, signBytes('sha256', signedBytes(attributes), input.privateKey));
}

export type CmsCheck =
  | { readonly ok: true; readonly certificates: readonly X509Certificate[] }
  | {
      readonly ok: false;
      readonly code: string;
      readonly text: string;
      readonly certificates: readonly X509Certificate[];
    };

const rejected = (code: string, text: string, certificates: readonly X509Certificate[] = []): CmsCheck => ({
  ok: false,
  code,
  text,
  certificates,
});

/** Is `cms`, byte for byte, a signature over `contentDigest` by the certificate it carries? Trust is not judged here. */
export function checkCms(cms: Uint8Array, contentDigest: Uint8Array): CmsCheck {
  let ders: Uint8Array[];
  let signature: Uint8Array;
  try {
    const info = AsnConvert.parse(cms, ContentInfo);
    if (info.contentType !== id_signedData) return rejected('cms.type', 'The signature is not CMS signed data.');
    const data = AsnConvert.parse(info.content, SignedData);
    ders = (data.certificates ?? []).flatMap((choice) =>
      choice.certificate ? [new Uint8Array(AsnConvert.serialize(choice.certificate))] : [],
    );
    const signer = data.signerInfos[0];
    if (data.signerInfos.length !== 1 || !signer)
      return rejected('cms.signers', 'The signature does not hold exactly one signer.');
    signature = new Uint8Array(signer.signature.buffer);
  } catch {
    return rejected('cms.malformed', 'The signature is not well-formed CMS.');
  }
  let certificates: X509Certificate[];
  try {
    certificates = ders.map((der) => new X509Certificate(der));
  } catch {
    return rejected('cms.certificate', 'The signature carries a certificate that cannot be read.');
  }
  const [signer] = certificates;
  const kind = signer ? keyKind(signer.publicKey) : null;
  if (!signer || kind === null)
    return rejected('cms.key', 'The signature carries no certificate with a P-256, P-384 or RSA key.', certificates);
  const attributes = attributesOf(contentDigest, ders);
  if (!verifyBytes('sha256', signedBytes(attributes), signer.publicKey, signature)) {
    return rejected(
      'cms.signature',
      'The signature does not match the covered bytes and its certificates.',
      certificates,
    );
  }
  if (!Buffer.from(encode(kind, attributes, ders, signature)).equals(Buffer.from(cms))) {
    return rejected(
      'cms.profile',
      'The signature carries more than the report profile allows, or in another form.',
      certificates,
    );
  }
  return { ok: true, certificates };
}
