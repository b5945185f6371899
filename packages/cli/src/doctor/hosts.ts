import type { Check } from './check.ts';

/** Branches that nobody hosts, and those of which the rota ends within a month. */
export const checkHosts: Check = async ({ library, branches }) =>
	branches.flatMap(({ slug, conditions }) => {
		const hosted = conditions.find(({ type }) => type === 'Hosted');
		if (hosted === undefined || (hosted.status !== 'False' && hosted.reason !== 'RotaEnds')) return [];
		const mend = `Name somebody: understory branch hosting ${library.slug} ${slug} --host NAME`;
		return [{ where: `${library.slug}/${slug}`, wrong: hosted.message, mend }];
	});
