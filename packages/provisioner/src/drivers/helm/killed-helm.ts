import { PublicError } from '@understory/core/errors.ts';

/** The code of a fault that says nothing of what Helm was asked to do: it was ended from outside. */
export const KILLED = 'helm_killed';

/** How often something is tried of which nothing is known but that helm was killed at it. */
const TRIES = 3;

/** Does it again where helm was killed at it, twice at the most (ADR 131). `act` may be repeated. Rejects with whatever else goes wrong, and with the third kill. */
export async function despiteKills<Done>(act: () => Promise<Done>): Promise<Done> {
	for (let left = TRIES - 1; ; left--) {
		try {
			return await act();
		} catch (error) {
			if (left === 0 || !(error instanceof PublicError && error.code === KILLED)) throw error;
		}
	}
}
