import type { Check, Fault } from './check.ts';
import { staleCopy } from './stale-copy.ts';

/** Branches with a folder of which there is no copy that was tried, or none that is new enough, for their library's schedule or in any case. */
export const checkBackups: Check = async ({ api, library, branches, now, backupDays }) => {
	const faults: Fault[] = [];
	for (const { slug, home, retired, conditions } of branches) {
		if (home.name === null || retired) continue;
		const { items } = await api.call('listBackups', { params: { library: library.slug, branch: slug } });
		const made = items.flatMap((one) =>
			one.state === 'done' && one.verified !== null ? [one.made ?? 0] : [],
		);
		const fresh = conditions.find(({ type }) => type === 'BackupFresh');
		if (fresh?.status === 'False') {
			const mend = `understory branch backup ${library.slug} ${slug}`;
			faults.push({ where: `${library.slug}/${slug}`, wrong: fresh.message, mend });
			continue;
		}
		faults.push(...staleCopy({ library: library.slug, branch: slug }, made, { now, backupDays }));
	}
	return faults;
};
