import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { PublicDoor } from '@understory/outgoing/public-door.ts';
import type { Context } from '../context.ts';
import { setConditions } from '../store/branches.ts';
import { alone } from '../store/database.ts';
import { type DueName, dueNames, keepNameLook } from '../store/public-names.ts';
import { type CertificateFault, certificateReady, domainVerified, type SeenName } from './seen-name.ts';

/** Names that one round looks at, once a minute: 16,812 branches are through in fourteen hours. */
const IN_A_ROUND = 20;
/** So many at a time: the system's resolver has few threads, and others need them. */
const AT_ONCE = 2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Looks at the public names of branches whose turn it is, as the only one of all processes, and tells `DomainVerified` and `CertificateReady`: of each soon after it
 * serves for the first time, then once a day, and once an hour while something is amiss or not known. `signal` ends it.
 */
export async function lookAtNames(context: Context, signal: AbortSignal): Promise<void> {
	const { publicDoor: door } = context;
	if (!door) return;
	await alone(context.locks, 'public-names', async () => {
		const due = (await dueNames(context.database, context.clock.now(), IN_A_ROUND))[Symbol.iterator]();
		async function next(): Promise<void> {
			for (const branch of due) {
				if (signal.aborted) return;
				const seen = await lookAt(door!, branch.origin, signal);
				// Whoever ends this process is no fault of the name.
				if (signal.aborted) return;
				await tell(context, branch, seen);
			}
		}
		await Promise.all(Array.from({ length: AT_ONCE }, next));
	});
}

/** What is seen of the address of a branch, from where the platform is. */
export async function lookAt(door: PublicDoor, origin: string, signal: AbortSignal): Promise<SeenName> {
	const { hostname: name, protocol, port } = new URL(origin);
	const dns = await look(door, name);
	if (protocol === 'http:') return { name, dns, certificate: 'none' };
	if (dns === 'not_found' || dns === 'silent') return { name, dns, certificate: null };
	const certificate = await door.certificate(name, Number(port || 443), signal).catch(faultOf);
	return { name, dns, certificate };
}

async function look(door: PublicDoor, name: string): Promise<SeenName['dns']> {
	if (name.endsWith('.localhost')) return 'here';
	return door.lookUp(name).then(
		() => 'found',
		({ code }: NodeJS.ErrnoException) =>
			code === 'ENOTFOUND' || code === 'ENODATA' ? 'not_found' : 'silent',
	);
}

/** A door that ends the handshake has no certificate for the name; what breaks off otherwise says nothing about it. */
function faultOf(error: NodeJS.ErrnoException): CertificateFault {
	if (error instanceof OutgoingFailure) return error.code === 'refused_address' ? 'inside' : 'no_answer';
	return error.code === 'EPROTO' || error.code?.startsWith('ERR_SSL_') ? 'shows_none' : 'no_answer';
}

async function tell({ database, clock }: Context, branch: DueName, seen: SeenName): Promise<void> {
	const now = clock.now();
	const told = [domainVerified(seen), certificateReady(seen, now)];
	const isWell = told.every(({ status, reason }) => status === 'True' && reason !== 'ExpiresSoon');
	await database.transaction(async (transaction) => {
		await setConditions(
			transaction,
			told.map((condition) => ({ branch, condition })),
			now,
		);
		await keepNameLook(transaction, branch.id, now + (isWell ? DAY : HOUR));
	});
}
