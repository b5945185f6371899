import type { Check, Fault } from './check.ts';

const DAY_MS = 86_400_000;

/** Branches with a folder of which there is no copy that was tried, or none that is new enough. */
export const checkBackups: Check = async ({ api, library, branches, now, backupDays }) => {
	const faults: Fault[] = [];
	for (const { slug, home, retired } of branches) {
		if (home.name === null || retired) continue;
		const { items } = await api.call('listBackups', { params: { library: library.slug, branch: slug } });
		const made = items.flatMap((one) =>
			one.state === 'done' && one.verified !== null ? [one.made ?? 0] : [],
		);
		const days = Math.floor((now - Math.max(...made)) / DAY_MS);
		if (days < backupDays) continue;
		faults.push({
			where: `${library.slug}/${slug}`,
			wrong:
				made.length === 0 ? 'There is no copy of it that was tried.' : `Its newest copy is ${days} days old.`,
			mend: `understory branch backup ${library.slug} ${slug}`,
		});
	}
	return faults;
};
