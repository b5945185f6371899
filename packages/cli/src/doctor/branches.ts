import type { Check } from './check.ts';

/** Branches that the platform cannot go on with by itself, and those of a home that says nothing. */
export const checkBranches: Check = async ({ library, branches }) =>
	branches.flatMap((branch) => {
		const of = (type: string) => branch.conditions.find((one) => one.type === type);
		const where = `${library.slug}/${branch.slug}`;
		const served = of('Available');
		const stuck = of('Progressing');
		if (stuck?.status === 'False' && stuck.reason === 'NeedsYou') {
			const mend = `Read understory branch show ${library.slug} ${branch.slug}; one that is damaged is restored from a copy: understory branch restore ${library.slug} ${branch.slug} newest.`;
			return [{ where, wrong: `${served?.reason ?? stuck.reason}: ${stuck.message}`, mend }];
		}
		if (served?.status !== 'Unknown') return [];
		const home = branch.home.name ?? 'its home';
		return [{ where, wrong: served.message, mend: `See whether ${home} runs and reaches the platform.` }];
	});
