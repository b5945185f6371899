import type { Fault } from '../check.ts';
import { branchesHere } from './branches-here.ts';
import type { Door, Installation } from './installation.ts';
import type { MachineCheck, Means } from './machine-check.ts';
import { isOurs } from './ours.ts';

/** The names at which somebody is to be reached: the console, branches, their libraries' card pages and sites. Those that are not served now are left out. */
export async function publicNames({ homes }: Installation, door: Door, { send }: Means): Promise<string[]> {
	const origins = (homes === null ? [] : branchesHere(homes)).flatMap(({ desired: { branch, library } }) => [
		branch.origin,
		library.card_origin,
		library.accountability_origin,
	]);
	const names = [...new Set([door.console, ...origins.map((origin) => new URL(origin).hostname)])];
	const served = await Promise.all(
		names.map(async (name) => name === door.console || (await isOurs(send, door, name)) !== false),
	);
	return names.filter((_, at) => served[at]);
}

/** Names of this platform to which the DNS does not lead. */
export const checkNames: MachineCheck = async (here, means) => {
	if (here.door === null) return [];
	const faults: Fault[] = [];
	for (const where of await publicNames(here, here.door, means)) {
		const code = await means.lookUp(where).then(
			() => null,
			(error: NodeJS.ErrnoException) => error.code ?? error.message,
		);
		if (code === null) continue;
		const isUnknown = code === 'ENOTFOUND' || code === 'ENODATA';
		faults.push({
			where,
			wrong: isUnknown ? 'Nothing in the DNS leads to it.' : `The DNS does not say where it is (${code}).`,
			mend: isUnknown
				? `In your DNS, let ${where} or *${where.slice(where.indexOf('.'))} lead to this machine.`
				: `Does this machine reach its DNS? resolvectl query ${where}`,
		});
	}
	return faults;
};
