import { BadInput } from '@understory/core/errors.ts';

/** Which lines of the page of numbers an estimate rests on, and in which unit they stand there. */
const MEASURED = {
	idle_branch_mb: ['memory for each more idle branch of a home', 'MB'],
	open_branch_mb: ['memory for each more open branch of a home', 'MB'],
	page_cpu_ms: ['home board with 100,000 posts, CPU', 'ms'],
	sign_in_cpu_ms: ['a sign-in from click to board, CPU of the bridge, the branch and PostgreSQL', 'ms'],
	delivery_ms: ['a signed delivery accepted, 16 at once', 'ms'],
	hundred_copies_ms: ['a post seen in 100 branches of one home, no HTTP', 'ms'],
} as const;

export type Measured = Readonly<Record<keyof typeof MEASURED, number>>;

/** Reads the medians from the text of `docs/numbers.md`. Throws `BadInput` when the page lacks one, or has it in another unit. */
export function measuredOn(page: string): Measured {
	const faults: { field: string; text: string }[] = [];
	const medianOf = ([name, unit]: readonly [string, string]): number => {
		const line = page.split('\n').find((one) => one.startsWith(`| ${name} | `));
		const median = line?.split(' | ')[3]?.match(/^\*\*([\d.]+) (\S+)\*\*$/);
		if (median?.[2] !== unit) faults.push({ field: name, text: `No median in ${unit} is there.` });
		return Number(median?.[1]);
	};
	const figures = Object.fromEntries(Object.entries(MEASURED).map(([key, line]) => [key, medianOf(line)]));
	if (faults.length > 0) throw new BadInput('The page of numbers lacks what an estimate rests on.', faults);
	return figures as Measured;
}

/** The figures in words, for whoever wants to look them up. */
export function measuredLines(measured: Measured): string[] {
	return Object.entries(MEASURED).map(
		([key, [name, unit]]) => `${name}: ${measured[key as keyof Measured]} ${unit}`,
	);
}
