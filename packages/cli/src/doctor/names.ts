import type { Check } from './check.ts';

/** What has to be seen to, by the reason of a condition, in the words of whoever runs a DNS and a proxy. */
const MEND: Readonly<Record<string, string>> = {
	ResolvesNot: 'In your DNS, let its name or all names below your domain lead to the platform.',
	ExpiresSoon: 'Look at what gets your certificates, and why it renews nothing.',
	Expired: 'Look at what gets your certificates, and why it renewed nothing.',
	WrongName: 'Does its name lead to the platform? Then have a certificate for that name shown.',
	NotTrusted: 'Have the whole chain shown, by an authority that browsers know.',
	ShowsNone: 'Look at what gets your certificates, and whether it may get one for this name.',
};

/** Branches that the DNS does not know, and those whose certificate browsers refuse, or will soon. What the platform cannot see is no fault. */
export const checkNames: Check = async ({ library, branches }) =>
	branches
		.filter(({ stage }) => stage !== 'retired')
		.flatMap(({ slug, conditions }) =>
			conditions
				.filter(({ type }) => type === 'DomainVerified' || type === 'CertificateReady')
				.filter(({ status, reason }) => status === 'False' || reason === 'ExpiresSoon')
				.map(({ reason, message }) => ({
					where: `${library.slug}/${slug}`,
					wrong: message,
					mend: MEND[reason] ?? `Read understory branch show ${library.slug} ${slug}.`,
				})),
		);
