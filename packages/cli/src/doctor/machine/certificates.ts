import { isLate } from '@understory/core/certificate.ts';
import type { Fault } from '../check.ts';
import type { Door } from './installation.ts';
import type { MachineCheck, Means } from './machine-check.ts';
import { publicNames } from './names.ts';
import { shownCertificate } from './shown-certificate.ts';

const DAY_MS = 86_400_000;
const MEND = 'What Caddy says of it: journalctl -u caddy. Ports 80 and 443 have to be open to the world.';

/** Whether the proxy answers, and shows a certificate for every name that a browser takes, for long enough. */
export const checkCertificates: MachineCheck = async (here, means) => {
	const { door } = here;
	if (door === null) return [];
	const faults: Fault[] = [];
	for (const name of await publicNames(here, door, means)) {
		try {
			faults.push(...(await faultsOf(name, door, means)));
		} catch (error) {
			const { code, message } = error as NodeJS.ErrnoException;
			if (code === 'ECONNREFUSED') {
				const wrong = 'Nobody answers there: the platform cannot be reached from outside.';
				return [
					{
						where: `${door.host}:${door.port}`,
						wrong,
						mend: 'systemctl restart caddy; what it says: journalctl -u caddy',
					},
				];
			}
			faults.push({
				where: name,
				wrong: `The door shows no certificate for it (${code ?? message}).`,
				mend: MEND,
			});
		}
	}
	return faults;
};

async function faultsOf(where: string, door: Door, { authorities, now }: Means): Promise<Fault[]> {
	const { refused, from, until } = await shownCertificate(door, where, authorities);
	if (refused !== null)
		return [{ where, wrong: `No browser takes its certificate (${refused}).`, mend: MEND }];
	if (!isLate({ from, until }, now())) return [];
	const days = Math.floor((until - now()) / DAY_MS);
	return [
		{ where, wrong: `Its certificate is good for ${days} more days, and was not renewed.`, mend: MEND },
	];
}
