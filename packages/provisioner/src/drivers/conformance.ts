import assert from 'node:assert/strict';
import type { HomeDriver } from './driver.ts';

/** One rule every driver keeps; run by the tests of each driver. */
export interface DriverRule {
	readonly rule: string;
	check(driver: HomeDriver): Promise<void>;
}

/** The conformance suite of home drivers. `spec` must be startable on the machine the test runs on. */
export function driverRules(spec: {
	name: string;
	kind: 'shared' | 'dedicated';
	enrolmentToken: string;
}): DriverRule[] {
	return [
		{
			rule: 'a home nobody started is absent',
			async check(driver) {
				assert.equal((await driver.observe(spec.name)).state, 'Absent');
			},
		},
		{
			rule: 'a started home is running',
			async check(driver) {
				await driver.start(spec);
				assert.equal((await driver.observe(spec.name)).state, 'Running');
			},
		},
		{
			rule: 'starting twice, even at once, is starting once',
			async check(driver) {
				await Promise.all([driver.start(spec), driver.start(spec)]);
				assert.equal((await driver.observe(spec.name)).state, 'Running');
			},
		},
		{
			rule: 'a stopped home is absent, and may be stopped again',
			async check(driver) {
				await driver.stop(spec.name);
				await driver.stop(spec.name);
				assert.equal((await driver.observe(spec.name)).state, 'Absent');
			},
		},
		{
			rule: 'a home can be started again after it was stopped',
			async check(driver) {
				await driver.start(spec);
				assert.equal((await driver.observe(spec.name)).state, 'Running');
				await driver.stop(spec.name);
			},
		},
	];
}
