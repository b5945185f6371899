import { type KeyObject, randomBytes } from 'node:crypto';
import { Integer, Utf8String } from 'asn1js';
import { AttributeTypeAndValue, Certificate, CryptoEngine } from 'pkijs';

const COMMON_NAME = '2.5.4.3';

/**
 * A certificate that a key signs for itself, in PEM: a wrapping for the public key, since metadata has room for certificates only. `from` in
 * UTC milliseconds.
 */
export async function selfSigned(
	pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
	about: { readonly name: string; readonly from: number; readonly years: number },
): Promise<string> {
	const engine = new CryptoEngine({ crypto: globalThis.crypto, name: 'node' });
	const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
	const load = (key: KeyObject, format: 'spki' | 'pkcs8', use: 'verify' | 'sign') =>
		globalThis.crypto.subtle.importKey(
			format,
			new Uint8Array(key.export({ format: 'der', type: format } as { format: 'der'; type: 'spki' })),
			algorithm,
			true,
			[use],
		);
	const certificate = new Certificate();
	certificate.version = 2;
	// Positive and of 127 random bits (RFC 5280 4.1.2.2).
	const serial = randomBytes(16);
	serial[0] = (serial[0]! & 0x7f) | 0x40;
	certificate.serialNumber = new Integer({ valueHex: new Uint8Array(serial).buffer });
	const name = new AttributeTypeAndValue({ type: COMMON_NAME, value: new Utf8String({ value: about.name }) });
	certificate.issuer.typesAndValues.push(name);
	certificate.subject.typesAndValues.push(name);
	certificate.notBefore.value = new Date(about.from);
	const end = new Date(about.from);
	end.setUTCFullYear(end.getUTCFullYear() + about.years);
	certificate.notAfter.value = end;
	await certificate.subjectPublicKeyInfo.importKey(await load(pair.publicKey, 'spki', 'verify'), engine);
	await certificate.sign(await load(pair.privateKey, 'pkcs8', 'sign'), 'SHA-256', engine);
	const der = Buffer.from(certificate.toSchema(true).toBER(false));
	const lines = der.toString('base64').match(/.{1,64}/g)!;
	return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
