import { expect } from 'chai';
import {
	coveredUntil,
	dueOf,
	HOSTING_DAYS,
	type HostingDays,
	type HostingFacts,
	hostingStep,
	LEAST_NOTICE,
	putOff,
	type Unhosted,
} from '../src/hosting.ts';
import type { Stage } from '../src/stage.ts';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 2, 2, 12);
const ZONE = 'America/Los_Angeles';

describe('until when somebody hosts a branch', () => {
	const until = (door: { until?: string | null } | null, ...roles: (number | null)[]) =>
		coveredUntil(door, { zone: ZONE, roles });
	it('a door that names no end has none, and one that is not there was never hosted', () => {
		expect(until({})).to.equal(null);
		expect(until({ until: null }, null)).to.equal(null);
		expect(until(null)).to.equal(0);
	});
	it('a last day counts whole, on the wall of the library', () => {
		expect(until({ until: '2026-03-05' })).to.equal(Date.UTC(2026, 2, 6, 8));
		expect(until({ until: '2026-03-07' }), 'the day before the clocks change').to.equal(
			Date.UTC(2026, 2, 8, 8),
		);
	});
	it('where hosts have a role, the last of them to go is the end, however far the door reaches', () => {
		expect(until({}, NOON, NOON + DAY)).to.equal(NOON + DAY);
		expect(until({}, NOON, null)).to.equal(null);
		expect(until({ until: '2026-03-02' }, null)).to.equal(Date.UTC(2026, 2, 3, 8));
		expect(until({ until: '2027-01-01' }, NOON)).to.equal(NOON);
	});
});

describe('what comes of a branch that nobody hosts', () => {
	const facts = (change: Partial<HostingFacts> = {}): HostingFacts => ({
		...{ stage: 'open', plan: null, until: NOON, shown: 'now', days: HOSTING_DAYS },
		...change,
	});
	const plan: Unhosted = {
		since: NOON,
		quiet: NOON + 14 * DAY,
		closing: NOON + 44 * DAY,
		over: NOON + 134 * DAY,
	};

	it('it is announced first: two weeks, a month, three months', () => {
		expect(hostingStep(facts(), NOON)).to.deep.equal({ act: 'announce', plan });
		expect(hostingStep(facts(), NOON - 1)).to.equal(null);
	});
	it('a branch that is not open, or that a person closes, is left alone', () => {
		for (const stage of ['listed', 'unopened', 'gathering', 'retired', 'closing', 'quiet'] as const)
			expect(hostingStep(facts({ stage }), NOON + DAY), stage).to.equal(null);
	});
	it('each step comes at its moment, and after a late one the next is as far away as the library says', () => {
		expect(hostingStep(facts({ plan }), plan.quiet - 1)).to.equal(null);
		expect(hostingStep(facts({ plan }), plan.quiet)).to.deep.equal({ act: 'quiet', plan });
		const late = plan.quiet + 100 * DAY;
		const after = { ...plan, closing: late + 30 * DAY, over: late + 120 * DAY };
		expect(hostingStep(facts({ plan }), late)).to.deep.equal({ act: 'quiet', plan: after });
		expect(hostingStep(facts({ plan: after, stage: 'quiet' }), late)).to.equal(null);
		const closed = { act: 'close', plan: after };
		expect(hostingStep(facts({ plan: after, stage: 'quiet' }), after.closing)).to.deep.equal(closed);
		expect(hostingStep(facts({ plan: after, stage: 'closing' }), after.over + 900 * DAY)).to.equal(null);
	});
	it('what people cannot read is put off, and announced anew', () => {
		expect(hostingStep(facts({ plan, shown: 'not_yet' }), plan.quiet)).to.equal(null);
		expect(hostingStep(facts({ plan, shown: 'silent' }), plan.quiet - LEAST_NOTICE)).to.equal(null);
		const now = plan.quiet - LEAST_NOTICE + 1;
		const step = hostingStep(facts({ plan, shown: 'silent' }), now);
		expect(step).to.deep.equal({ act: 'put_off', plan: putOff('open', plan, now + 14 * DAY) });
	});
	it('putting off moves what follows by as much, and never brings anything forward', () => {
		expect(putOff('quiet', plan, plan.closing + DAY)).to.deep.equal({
			...{ since: plan.since, quiet: plan.quiet },
			...{ closing: plan.closing + DAY, over: plan.over + DAY },
		});
		expect(putOff('quiet', plan, plan.closing - DAY)).to.deep.equal(plan);
	});
	it('somebody who hosts it brings it back from wherever it is', () => {
		for (const stage of ['open', 'quiet', 'closing'] as const) {
			expect(hostingStep(facts({ stage, plan, until: null }), plan.over)).to.deep.equal({ act: 'return' });
			expect(hostingStep(facts({ stage, until: null }), NOON)).to.equal(null);
		}
	});
});

/** Numbers that look random and are the same each time (mulberry32). */
function numbers(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

/** A branch that lives for two years with a rota, a home, a library and a clock that do as they like. `seen` is asked after each moment. */
function live(seed: number, seen: (moment: Lived) => void): void {
	const below = numbers(seed);
	let now = NOON;
	let stage: Stage = 'open';
	let plan: Unhosted | null = null;
	let until: number | null = NOON + below(60) * DAY;
	let days: HostingDays = HOSTING_DAYS;
	while (now < NOON + 730 * DAY) {
		// Mostly a sweep later; sometimes nothing ran for weeks.
		now += below(20) === 0 ? below(90) * DAY : below(3) * DAY + 60_000;
		if (below(40) === 0) until = below(3) === 0 ? null : now + (below(90) - 30) * DAY;
		if (below(60) === 0) days = { quiet: 14 + below(60), closing: 30 + below(60), over: 90 + below(60) };
		if (plan !== null && below(40) === 0) plan = putOff(stage, plan, now + below(180) * DAY);
		const shown = (['now', 'now', 'now', 'not_yet', 'silent'] as const)[below(5)]!;
		const before: { stage: Stage; plan: Unhosted | null } = { stage, plan };
		const step = hostingStep({ stage, plan, until, shown, days }, now);
		if (step?.act === 'return') {
			plan = null;
			stage = 'open';
		} else if (step) {
			plan = step.plan;
			if (step.act === 'quiet') stage = 'quiet';
			if (step.act === 'close') stage = 'closing';
		}
		seen({ now, until, shown, before, stage, plan });
	}
}
interface Lived {
	readonly now: number;
	readonly until: number | null;
	readonly shown: HostingFacts['shown'];
	readonly before: { readonly stage: Stage; readonly plan: Unhosted | null };
	readonly stage: Stage;
	readonly plan: Unhosted | null;
}

describe('whatever happens to a branch, its home and its clock', () => {
	const LIVES = 120;
	const reached = new Set<Stage>();

	it('a branch whose rota is covered is never made quiet, and one that was is open again', () => {
		for (let seed = 1; seed <= LIVES; seed++)
			live(seed, ({ now, until, stage, plan }) => {
				reached.add(stage);
				if (until !== null && now >= until) return;
				expect([stage, plan], `life ${seed}`).to.deep.equal(['open', null]);
			});
		expect([...reached], 'the lives are those of real branches').to.have.members([
			'open',
			'quiet',
			'closing',
		]);
	});

	it('no step happens before its announced day, none unannounced, none while nobody could read of it', () => {
		for (let seed = 1; seed <= LIVES; seed++) {
			let announcedAt = 0;
			live(seed, ({ now, shown, before, stage, plan }) => {
				if (before.plan === null && plan !== null) announcedAt = now;
				if (stage === before.stage || plan === null) return;
				expect(before.plan, `life ${seed}`).to.not.equal(null);
				expect(now, `life ${seed}`).to.be.at.least(dueOf(before.stage, before.plan!));
				expect(now - announcedAt, `life ${seed}`).to.be.at.least(14 * DAY);
				expect(shown).to.equal('now');
				expect(dueOf(stage, plan) - now, 'what comes next').to.be.at.least(
					(stage === 'quiet' ? 30 : 90) * DAY,
				);
			});
		}
	});

	it('what is announced is only ever put off', () => {
		for (let seed = 1; seed <= LIVES; seed++)
			live(seed, ({ before, plan }) => {
				if (before.plan === null || plan === null) return;
				for (const step of ['quiet', 'closing', 'over'] as const)
					expect(plan[step], `life ${seed}: ${step}`).to.be.at.least(before.plan[step]);
			});
	});
});
