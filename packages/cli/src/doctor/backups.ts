import type { Check, Fault } from './check.ts';
import { onSameDisk } from './same-disk.ts';
import { staleCopy } from './stale-copy.ts';

/**
 * Branches with a folder of which there is no copy that was tried, or none that is new enough, for their library's schedule or in any case; and those whose
 * newest copy lies where they lie themselves.
 */
export const checkBackups: Check = async ({ api, library, branches, now, backupDays }) => {
	const faults: Fault[] = [];
	const beside: string[] = [];
	for (const { slug, home, retired, conditions } of branches) {
		if (home.name === null || retired) continue;
		const { items } = await api.call('listBackups', { params: { library: library.slug, branch: slug } });
		const tried = items.filter(({ state, verified }) => state === 'done' && verified !== null);
		const made = tried.map((one) => one.made ?? 0);
		const newest = tried.find((one) => one.made === Math.max(...made));
		if (newest?.apart === false) beside.push(slug);
		const fresh = conditions.find(({ type }) => type === 'BackupFresh');
		if (fresh?.status === 'False') {
			const mend = `understory branch backup ${library.slug} ${slug}`;
			faults.push({ where: `${library.slug}/${slug}`, wrong: fresh.message, mend });
			continue;
		}
		faults.push(...staleCopy({ library: library.slug, branch: slug }, made, { now, backupDays }));
	}
	return [...faults, ...onSameDisk(library.slug, beside)];
};
