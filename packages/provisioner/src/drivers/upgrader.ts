import type { HomeSpec } from './driver.ts';

/**
 * What a driver offers that can bring homes to another version one by one. A version is what a home that is started now would be made of: program,
 * chart and settings. The driver for one machine has none: there homes run the code of the platform (ADR 89).
 */
export interface Upgrader {
	/** The version that homes are started with now. */
	readonly version: string;
	/** The version a home was last brought to; null for one that is not there, or is older than versions. */
	versionOf(name: string): Promise<string | null>;
	/** Names what a home is made of now, so that it can be gone back to. Throws `PublicError` where there is none. */
	revisionOf(name: string): Promise<number>;
	/** Brings a home to the present version, and resolves when it runs. Repeatable. Throws `PublicError` with why it does not run. */
	upgrade(spec: Omit<HomeSpec, 'enrolmentToken'>): Promise<void>;
	/** What it was brought to last is from now on what it is started with, although it did not come up: there is no way back from it. */
	stay(name: string): Promise<void>;
	/** Makes a home what it was at a revision, and resolves when it runs. */
	rollBack(name: string, revision: number): Promise<void>;
}
