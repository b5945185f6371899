import type { ApiClient } from '@understory/api-client/client.ts';
import type { Fault } from './check.ts';

/** Homes whose keys would be lost with their volume, and those that seal them to another recovery key than was set last. For whoever runs the platform. */
export async function checkHomeKeys(api: ApiClient): Promise<readonly Fault[]> {
	const homes = await Array.fromAsync(api.all('listHomes', {}));
	const kept = homes.flatMap(({ keys }) => keys ?? []);
	const newest = kept.toSorted((one, other) => other.deposited - one.deposited)[0]?.recovery_key;
	return homes.flatMap(({ name, keys }) => {
		if (keys === null) {
			const wrong =
				'Its keys lie on its volume and nowhere else: without them no copy of its branches can be restored.';
			const mend =
				newest === undefined
					? 'Make a recovery key, understory recovery-key make FILE, and set its public half for homes.'
					: `See whether it runs with the public half of the recovery key ${newest}, as other homes do.`;
			return [{ where: name, wrong, mend }];
		}
		if (keys.recovery_key === newest) return [];
		const wrong = `Its keys are sealed to the recovery key ${keys.recovery_key}, and those of another home, later, to ${newest}.`;
		return [{ where: name, wrong, mend: 'Start it with the recovery key of the others.' }];
	});
}
