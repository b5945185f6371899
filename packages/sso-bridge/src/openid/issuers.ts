import { Unavailable, UnknownHost } from '@understory/core/errors.ts';
import type { Register } from '@understory/core/register.ts';
import type { Context } from '../context.ts';
import { takeNotices } from '../store/logout-notices.ts';
import type { Site } from '../web/site.ts';
import { clientsDigest } from './clients.ts';
import { createIssuer, type Issuer } from './provider.ts';
import { tell } from './sign-out-notices.ts';

/** How many notices go out at the same moment, and how often in a row: when a whole library is signed out there are many. */
const TOLD_AT_ONCE = 50;
const ROUNDS = 20;

/** The issuers of a platform: one for each library, made when first asked for, and again when its branches change or it was not asked for long. */
export interface Issuers {
	/**
	 * The site of a card host (`name:port`). Throws `UnknownHost` when no library has it, and `Unavailable` while nobody knows any library
	 * because the provisioner is silent. `keysNow`: with the signing keys as they are at this moment.
	 */
	siteOf(host: string | undefined, how?: { readonly keysNow?: boolean }): Promise<Site>;
	/** Tells once more those clients that did not answer when somebody signed out. While that goes on, a second call does nothing. */
	tellAgain(): Promise<void>;
}

/** `ready` is how many are kept in memory; another one is built again when somebody comes to it, in a few milliseconds. */
export function createIssuers(context: Context, ready: number): Issuers {
	const { registers } = context;
	// The last in the map is the one that was asked last.
	const issuers = new Map<string, { digest: string; issuer: Promise<Issuer> }>();
	const hosts = new Map<string, string>();
	// A register never changes: its next version is another one.
	const facts = new WeakMap<Register, { host: string; digest: string }>();
	let looking: Promise<void> | null = null;
	let telling = false;

	function factsOf(register: Register): { host: string; digest: string } {
		const host = () => new URL(register.library.card_origin).host;
		const known = facts.get(register) ?? { host: host(), digest: clientsDigest(register) };
		facts.set(register, known);
		return known;
	}

	function registerOf(host: string): Register | undefined {
		const at = () => {
			const register = registers.registers.get(hosts.get(host) ?? '');
			return register && factsOf(register).host === host ? register : undefined;
		};
		const known = at();
		if (known) return known;
		for (const register of registers.registers.values()) {
			hosts.set(factsOf(register).host, register.library.id);
		}
		return at();
	}

	async function issuerOf(register: Register, keysNow = false): Promise<Issuer> {
		const { id } = register.library;
		const signing = await context.signingKeys.of(id, { now: keysNow });
		const digest = `${factsOf(register).digest} ${signing.digest}`;
		const known = issuers.get(id);
		issuers.delete(id);
		if (known?.digest === digest) {
			issuers.set(id, known);
			return known.issuer;
		}
		const issuer = createIssuer(context, register, signing.keys);
		issuers.set(id, { digest, issuer });
		if (issuers.size > ready) issuers.delete(issuers.keys().next().value!);
		issuer.catch(() => {
			if (issuers.get(id)?.issuer === issuer) issuers.delete(id);
		});
		return issuer;
	}

	/** However many strangers ask for hosts that are not there, the provisioner is asked by one of them at a time. */
	function look(): Promise<void> {
		looking ??= registers.pull().finally(() => {
			looking = null;
		});
		return looking;
	}

	async function tellDue(): Promise<void> {
		for (let round = 0; round < ROUNDS; round++) {
			const notices = await takeNotices(context.database, context.clock.now(), TOLD_AT_ONCE);
			await Promise.all(
				notices.map(async (notice) => {
					const register = registers.registers.get(notice.library);
					if (register) await tell(context, (await issuerOf(register)).provider, notice);
				}),
			);
			if (notices.length < TOLD_AT_ONCE) break;
		}
	}

	return {
		async siteOf(host, how) {
			if (!host) throw new UnknownHost();
			if (!registerOf(host)) {
				// Perhaps a library that was made a moment ago.
				await look().catch((cause: unknown) => {
					if (registers.registers.size > 0) throw new UnknownHost(undefined, { cause });
					throw new Unavailable('Sign-in is not ready yet. Try again in a minute.', 'register', { cause });
				});
			}
			const register = registerOf(host);
			if (!register) throw new UnknownHost();
			const { library, branches } = register;
			return { library, branches, ...(await issuerOf(register, how?.keysNow)) };
		},
		async tellAgain() {
			if (telling) return;
			telling = true;
			await tellDue().finally(() => {
				telling = false;
			});
		},
	};
}
