import { createPrivateKey, X509Certificate } from 'node:crypto';
import { BlockList, isIP, type LookupFunction, connect as openPlain, type Socket } from 'node:net';
import { connect as openSecure } from 'node:tls';
import type { UnavailableReason } from './decision.ts';
import type { SettingsFault, Sip2Settings } from './settings.ts';

/**
 * How a catalogue proves who it is; that it must is no setting. Its certificate is trusted by the authorities in `ca`, or is exactly the one that is
 * `pinned`, or, with neither, by the authorities that everybody trusts (reference/library-sso.md 1.11). All certificates and keys are PEM.
 */
export interface TlsSettings {
	/** One or several certificates of authorities. */
	readonly ca?: string;
	/** The catalogue's own certificate, whoever signed it. It stands for the name too, so that no name is looked for in it. */
	readonly pinned?: string;
	/** The name it must show, and which is asked for (SNI); the host unless said otherwise. */
	readonly serverName?: string;
	/** Ours, for catalogues that want one, with its key. */
	readonly certificate?: string;
	readonly key?: string;
	/** TLS 1.2 unless said otherwise; nothing older is spoken. */
	readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** Opens a connection, to an address that `lookup` names. Throws what Node throws for certificates and keys it cannot read. */
export function openConnection(
	{ host, port, tls }: Pick<Sip2Settings, 'host' | 'port' | 'tls'>,
	lookup?: LookupFunction,
): Socket {
	const to = { host, port, ...(lookup ? { lookup } : {}) };
	if (!tls) return openPlain(to);
	const { pinned } = tls;
	const name = tls.serverName ?? host;
	return openSecure({
		...to,
		// An address is no name that could be asked for, but it can be one that a certificate shows.
		...(isIP(name) ? {} : { servername: name }),
		ca: pinned ?? tls.ca,
		cert: tls.certificate,
		key: tls.key,
		minVersion: tls.minVersion ?? 'TLSv1.2',
		rejectUnauthorized: true,
		...(pinned === undefined
			? {}
			: {
					allowPartialTrustChain: true,
					checkServerIdentity: (_name: string, { raw }: { raw: Buffer }) =>
						raw.equals(new X509Certificate(pinned).raw) ? undefined : new OtherCertificate(),
				}),
	});
}

/** A certificate that the pinned one signed, or another one of the same authority. */
class OtherCertificate extends Error {
	readonly code = 'OTHER_CERTIFICATE';
	constructor() {
		super('not the certificate that was pinned');
		this.name = 'OtherCertificate';
	}
}

/** What an error of a connection comes to. `at` is how far it had come. */
export function reasonOfError(error: Error, at: 'connecting' | 'securing' | 'open'): UnavailableReason {
	const code = (error as NodeJS.ErrnoException).code ?? '';
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'certificate_expired';
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'certificate_name';
	if (UNTRUSTED.has(code)) return 'certificate_untrusted';
	// Where the other side ends a handshake over our certificate, TLS 1.3 says so only afterwards.
	if (/_ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)$/.test(code)) {
		return 'client_certificate';
	}
	if (at === 'securing' || code.startsWith('ERR_SSL') || code === 'EPROTO') return 'tls';
	return at === 'connecting' ? 'unreachable' : 'closed';
}

const UNTRUSTED = new Set([
	'OTHER_CERTIFICATE',
	'CERT_REVOKED',
	'CERT_SIGNATURE_FAILURE',
	'CERT_UNTRUSTED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'INVALID_CA',
	'INVALID_PURPOSE',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Does this name this machine, so that nothing of a plain text leaves it? */
export function isLoopback(host: string): boolean {
	if (host === 'localhost') return true;
	const kind = isIP(host);
	if (kind === 0) return false;
	const own = new BlockList();
	own.addSubnet('127.0.0.0', 8, 'ipv4');
	own.addAddress('::1', 'ipv6');
	return own.check(host, kind === 4 ? 'ipv4' : 'ipv6');
}

/** What is wrong with certificates and keys, before anybody is asked with them. */
export function faultOfTls(tls: TlsSettings): SettingsFault | null {
	const { ca, pinned, certificate, key } = tls;
	if (ca !== undefined && pinned !== undefined) return { setting: 'tls.pinned', why: 'two_kinds_of_trust' };
	if ((certificate === undefined) !== (key === undefined)) {
		return { setting: 'tls.key', why: 'key_without_certificate' };
	}
	for (const [setting, pem] of Object.entries({ ca, pinned, certificate })) {
		if (pem !== undefined && !isCertificate(pem))
			return { setting: `tls.${setting}`, why: 'not_a_certificate' };
	}
	if (key === undefined || certificate === undefined) return null;
	return belongTogether(certificate, key) ? null : { setting: 'tls.key', why: 'not_a_key' };
}

function isCertificate(pem: string): boolean {
	try {
		return new X509Certificate(pem).raw.length > 0;
	} catch {
		return false;
	}
}

function belongTogether(certificate: string, key: string): boolean {
	try {
		return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
	} catch {
		return false;
	}
}
