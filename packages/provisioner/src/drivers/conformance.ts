import assert from 'node:assert/strict';
import type { HomeDriver, HomeSpec } from './driver.ts';

/** One rule every driver keeps; run by the tests of each driver, in their order: they tell one story. */
export interface DriverRule {
	readonly rule: string;
	check(driver: HomeDriver): Promise<void>;
}

/** What is seen of homes where a driver starts them, without asking the driver. */
export interface HomesSeen {
	/** A home that can be started there, which nobody has started yet. */
	spec(): HomeSpec;
	/** Leaves a text in the folder of that home while it runs, and finds what lies there. */
	leave(text: string): Promise<void>;
	left(): Promise<string>;
	/** The token that the process of that home finds. */
	token(): Promise<string>;
	/** How many processes that home has. */
	processes(): Promise<number>;
	/** A driver that can start no home, and what it says when it is to. */
	failing(): Promise<{ readonly driver: HomeDriver; readonly says: RegExp }>;
	/** What there is of a home of this name, in words. */
	thingsOf(name: string): Promise<readonly string[]>;
}

/** As real homes want one. */
const AGAIN = 'another-one-time-token-of-32-or-more';

/** The conformance suite of home drivers. At its end nothing runs. */
export function driverRules(seen: HomesSeen): DriverRule[] {
	const isIt = async (driver: HomeDriver, state: string, name = seen.spec().name) =>
		assert.equal((await driver.observe(name)).state, state);
	return [
		{
			rule: 'a home nobody started is absent, and may be stopped',
			async check(driver) {
				await isIt(driver, 'Absent');
				await driver.stop(seen.spec().name);
				await isIt(driver, 'Absent');
			},
		},
		{
			rule: 'a start that fails says why, and leaves nothing half-made',
			async check(driver) {
				const { driver: failing, says } = await seen.failing();
				const never = { ...seen.spec(), name: 'home-never' };
				await assert.rejects(failing.start(never), ({ message }: Error) => says.test(message));
				await isIt(failing, 'Absent', never.name);
				await isIt(driver, 'Absent', never.name);
				assert.deepEqual(await seen.thingsOf(never.name), []);
			},
		},
		{
			rule: 'two starts at once are one, and the home runs after both',
			async check(driver) {
				await Promise.all([driver.start(seen.spec()), driver.start(seen.spec())]);
				await isIt(driver, 'Running');
				assert.equal(await seen.processes(), 1);
				assert.equal(await seen.token(), seen.spec().enrolmentToken);
				await seen.leave('what people wrote');
			},
		},
		{
			rule: 'a home that runs is not changed by being started again, with whatever',
			async check(driver) {
				await driver.start({ ...seen.spec(), enrolmentToken: 'of-nobody' });
				await isIt(driver, 'Running');
				assert.equal(await seen.processes(), 1);
				assert.equal(await seen.token(), seen.spec().enrolmentToken);
			},
		},
		{
			rule: 'a stopped home is absent, and may be stopped again',
			async check(driver) {
				await driver.stop(seen.spec().name);
				await driver.stop(seen.spec().name);
				await isIt(driver, 'Absent');
			},
		},
		{
			rule: 'a home that was stopped is started with what is said of it by then, and has in its folder what it had',
			async check(driver) {
				await driver.start({ ...seen.spec(), enrolmentToken: AGAIN });
				await isIt(driver, 'Running');
				assert.equal(await seen.token(), AGAIN);
				assert.equal(await seen.left(), 'what people wrote');
				await driver.stop(seen.spec().name);
			},
		},
		{
			rule: 'a home that is stopped while it is being started is absent, and stays so',
			async check(driver) {
				const starting = driver.start(seen.spec()).then(
					() => 'started',
					(error: Error) => error.message,
				);
				await driver.stop(seen.spec().name);
				await starting;
				await isIt(driver, 'Absent');
			},
		},
	];
}
