import type { Clock } from '@understory/core/clock.ts';
import { PublicError } from '@understory/core/errors.ts';
import { contentsOf, type HomeKeys, type SealedHomeKeys, sealHomeKeys } from '@understory/core/home-keys.ts';
import type { Log } from '@understory/core/log.ts';

/** How often a home says again that its keys are these, and tries again to give them, in milliseconds: the database of the provisioner may be brought back as it was before. */
const SAID_AGAIN = 86_400_000;
const TRIED_AGAIN = 60_000;
/** A provisioner of an older version takes none until it is upgraded. */
const OLD_PROVISIONER = 3_600_000;

/** Gives the keys of a home into keeping. */
export interface KeyKeeper {
	/** Gives them when that is due; never rejects. */
	tell(): Promise<void>;
}

/** A home without a recovery key, whose keys lie on its volume and nowhere else. */
export const noKeyKeeper: KeyKeeper = { tell: async () => undefined };

/** Has the keys of a home kept by the provisioner, sealed to `recoveryKey`, the public half of a key that nobody on the platform holds. */
export function keepKeysWith(parts: {
	readonly recoveryKey: string;
	readonly keys: Pick<HomeKeys, 'home' | 'home_key' | 'role_key'>;
	readonly clock: Clock;
	readonly log: Log;
	/** Throws `PublicError` when they are not taken. */
	send(deposit: SealedHomeKeys & { readonly contents: string }): Promise<void>;
}): KeyKeeper {
	const { recoveryKey, keys, clock, log } = parts;
	let dueAt = 0;
	async function give(): Promise<void> {
		const now = clock.now();
		const day = new Date(now).toISOString().slice(0, 10);
		const sealed = sealHomeKeys(recoveryKey, { type: 'understory/home-keys/v1', day, ...keys });
		try {
			await parts.send({ ...sealed, contents: contentsOf(keys) });
			dueAt = now + SAID_AGAIN;
			log.info('keys_deposited', { detail: `recovery key ${sealed.recovery_key}` });
		} catch (error) {
			const isOld = error instanceof PublicError && error.code === 'keeps_no_keys';
			dueAt = now + (isOld ? OLD_PROVISIONER : TRIED_AGAIN);
			log.warn('keys_not_deposited', { error });
		}
	}
	let giving: Promise<void> | null = null;
	return {
		async tell() {
			if (clock.now() < dueAt) return;
			giving ??= give().finally(() => {
				giving = null;
			});
			await giving;
		},
	};
}
