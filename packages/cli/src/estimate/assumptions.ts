import { BadInput } from '@understory/core/errors.ts';

/**
 * What nobody has measured yet, and an estimate has to take from somewhere. What stands in the charts is held to them by a test, and so are
 * the hours to the week in `docs/hosts/a-week.md`.
 */
const ASSUMED = {
	active_share: [0.05, 'share of cards whose owners take part in a month'],
	posts: [20, 'posts of such a person in a month'],
	pages: [300, 'pages that such a person looks at in a month'],
	sign_ins: [10, 'sign-ins of such a person in a month'],
	busiest_hour: [0.005, 'share of a month that falls into its busiest hour'],
	spare: [2, 'times the processor time of that hour is kept free'],
	open_share: [1, 'share of the branches of a shared home that are open at once'],
	neighbor_share: [0.5, 'share of posts that neighbors are sent'],
	neighbors: [20, 'neighbors of a branch, or all other branches when those are fewer'],
	post_kb: [4, 'KB that a post takes in its own folder, with its indexes'],
	copy_kb: [2, 'KB that it takes in the folder of each neighbor'],
	pictures_kb: [80, 'KB of pictures that come with a post, taken over all posts'],
	years: [3, 'years of posts that the disks hold'],
	backups: [2, 'copies of all folders that are kept'],
	branches_per_home: [1000, 'branches of one shared home'],
	shared_home_mb: [256, 'MB that the chart keeps free for a shared home'],
	shared_home_cpu: [0.1, 'processors that the chart keeps free for it'],
	shared_home_gb: [20, 'GB that the chart makes its volume, at least'],
	dedicated_home_mb: [128, 'MB that the chart keeps free for a dedicated home'],
	dedicated_home_cpu: [0.02, 'processors that the chart keeps free for it'],
	dedicated_home_gb: [5, 'GB that the chart makes its volume, at least'],
	platform_mb: [640, 'MB that the chart keeps free for provisioner, card sign-in and accountability site'],
	platform_cpu: [0.25, 'processors that the chart keeps free for them'],
	platform_gb: [11, 'GB that the chart makes their volumes'],
	postgresql_mb: [512, 'MB for PostgreSQL'],
	postgresql_cpu: [0.25, 'processors for PostgreSQL'],
	postgresql_gb: [10, 'GB for PostgreSQL'],
	host_hours_a_branch: [1, 'hours a week that a branch takes, however few take part'],
	host_hours_a_hundred: [0.75, 'hours a week more for each hundred people who take part'],
	it_hours: [2, 'hours a week of library IT'],
	it_hours_a_hundred: [1, 'hours a week more for each hundred branches'],
} as const;

export type Assumptions = Readonly<Record<keyof typeof ASSUMED, number>>;

/** The assumptions, some of them replaced by `name=number`. Throws `BadInput` for another name, and for what is no number from 0 on. */
export function assuming(replaced: readonly string[]): Assumptions {
	const values: Record<string, number> = Object.fromEntries(
		Object.entries(ASSUMED).map(([key, [value]]) => [key, value]),
	);
	for (const text of replaced) {
		const [, key = '', number] = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
		if (!Object.hasOwn(values, key)) {
			throw new BadInput(
				`--assume takes name=number, such as posts=30, and not "${text}". Names: ${Object.keys(values).join(', ')}.`,
			);
		}
		values[key] = Number(number);
	}
	if (!(values.branches_per_home! >= 1)) throw new BadInput('A shared home holds one branch at least.');
	for (const share of ['active_share', 'busiest_hour', 'open_share', 'neighbor_share'])
		if (values[share]! > 1) throw new BadInput(`${share} is a share of all, 1 at most.`);
	return values as Assumptions;
}

/** The assumptions in words, each with the name under which it can be replaced. */
export function assumptionLines(assumptions: Assumptions): string[] {
	return Object.entries(ASSUMED).map(
		([key, [, meaning]]) => `${key}=${assumptions[key as keyof Assumptions]}: ${meaning}`,
	);
}
