import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { BranchRecord, Register, SignedRoster } from '@understory/core/register.ts';
import type { RegisterFollower } from '@understory/core/register-follower.ts';

/** A library as its register describes it now. */
export interface Library {
	readonly id: string;
	/** Host, with port where it has one, of its accountability site. */
	readonly host: string;
	/** Scheme, host and port of the site. */
	readonly origin: string;
	/** IANA zone. */
	readonly zone: string;
	readonly register: Register;
}

/** The registers, asked the way this site asks. */
export interface Registers {
	/** The library whose site is at this host; undefined when there is none. */
	at(host: string): Library | undefined;
	all(): Library[];
	/** Is anything known that can be served by? */
	isFollowing(): boolean;
	/** A branch of a library by its host, with port. */
	branch(libraryId: string, host: string): BranchRecord | undefined;
	roster(libraryId: string, neighborhoodId: string): SignedRoster | undefined;
	/** Pulls, at most once a second. A dead provisioner is written down and survived: what is known still holds. */
	lookAgain(): Promise<void>;
	/** Pulls now. A dead provisioner is written down and survived. */
	pull(): Promise<void>;
}

/** Not more often than this in milliseconds, because anybody can post an entry of a branch that nobody knows. */
const PATIENCE = 1000;

export function createRegisters(parts: {
	readonly follower: RegisterFollower;
	readonly clock: Clock;
	readonly log: Log;
}): Registers {
	const { follower, clock, log } = parts;
	let lookedAt = Number.NEGATIVE_INFINITY;

	const all = (): Library[] => [...follower.registers.values()].map(libraryOf);
	const byId = (id: string): Register | undefined => follower.registers.get(id);

	async function pull(): Promise<void> {
		lookedAt = clock.now();
		try {
			await follower.pull();
		} catch (error) {
			log.warn('register_not_pulled', { role: 'accountability', error });
		}
	}

	return {
		at: (host) => all().find((library) => library.host === host.toLowerCase()),
		all,
		isFollowing: () => follower.isFollowing,
		branch: (libraryId, host) =>
			byId(libraryId)?.branches.find((branch) => new URL(branch.origin).host === host.toLowerCase()),
		roster: (libraryId, id) => byId(libraryId)?.rosters.find((roster) => roster.id === id),
		async lookAgain() {
			if (clock.now() - lookedAt >= PATIENCE) await pull();
		},
		pull,
	};
}

function libraryOf(register: Register): Library {
	const { origin, host } = new URL(register.library.accountability_origin);
	return { id: register.library.id, host, origin, zone: register.library.zone, register };
}
