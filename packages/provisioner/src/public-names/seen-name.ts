import { isLate, type ShownCertificate } from '@understory/core/certificate.ts';
import type { ReasonOf } from '../reconcile/reasons.ts';
import type { ToldCondition as Told } from '../store/branches.ts';

/** What was seen of the public name of a branch. */
export interface SeenName {
	readonly name: string;
	/** `here`: it ends with `.localhost` and is this machine without any DNS (RFC 6761). `silent`: the resolver gave no answer. */
	readonly dns: 'here' | 'found' | 'not_found' | 'silent';
	/** `none`: it is asked for over plain HTTP. A fault: no certificate was seen, and why. Null when it was not looked for, because nothing leads there. */
	readonly certificate: ShownCertificate | CertificateFault | 'none' | null;
}

/** `inside`: it leads where the platform connects to nobody. `shows_none`: somebody answered, without a certificate. */
export type CertificateFault = 'no_answer' | 'inside' | 'shows_none';

/** Does the DNS lead anywhere for the name? Unknown when it cannot be asked. */
export function domainVerified({ name, dns }: SeenName): Told<'DomainVerified'> {
	const say = (status: Told['status'], reason: ReasonOf<'DomainVerified'>, message: string) =>
		({ type: 'DomainVerified', status, reason, message }) as const;
	switch (dns) {
		case 'here':
			return say('True', 'OnlyHere', `${name} is this machine, and is not in the DNS.`);
		case 'found':
			return say('True', 'Resolves', `The DNS says where ${name} is.`);
		case 'not_found':
			return say('False', 'ResolvesNot', `Nothing in the DNS leads to ${name}.`);
		case 'silent':
			return say('Unknown', 'ResolverSilent', `The DNS gave no answer for ${name}.`);
	}
}

/** Does whoever comes by the name meet a certificate that a browser takes? Unknown when it cannot be seen from the platform. */
export function certificateReady({ name, certificate }: SeenName, now: number): Told<'CertificateReady'> {
	const say = (status: Told['status'], reason: ReasonOf<'CertificateReady'>, message: string) =>
		({ type: 'CertificateReady', status, reason, message }) as const;
	if (certificate === 'none')
		return say('True', 'PlainHttp', `${name} is asked for over plain HTTP, without a certificate.`);
	if (certificate === null)
		return say('Unknown', 'NoName', `Nothing leads to ${name}, so no certificate was seen.`);
	if (certificate === 'no_answer') return say('Unknown', 'NoAnswer', `Nobody answered at ${name}.`);
	if (certificate === 'inside')
		return say('Unknown', 'Inside', `${name} leads to an address to which the platform connects to nobody.`);
	if (certificate === 'shows_none')
		return say('False', 'ShowsNone', `Somebody answers at ${name}, and shows no certificate for it.`);
	const until = new Date(certificate.until).toISOString();
	if (certificate.refused === 'ERR_TLS_CERT_ALTNAME_INVALID')
		return say('False', 'WrongName', `The certificate at ${name} is for another name.`);
	if (certificate.until <= now)
		return say('False', 'Expired', `The certificate of ${name} was good until ${until}.`);
	if (certificate.refused !== null)
		return say(
			'False',
			'NotTrusted',
			`No browser takes the certificate of ${name} (${certificate.refused}).`,
		);
	if (isLate(certificate, now))
		return say(
			'True',
			'ExpiresSoon',
			`The certificate of ${name} is good until ${until}, and was not renewed.`,
		);
	return say('True', 'Valid', `The certificate of ${name} is good until ${until}.`);
}
