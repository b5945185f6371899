import type { Upgrader } from './upgrader.ts';

/** What a driver is asked to run: a process that opens branch folders. `shared` holds many branches, `dedicated` one. */
export interface HomeSpec {
	readonly name: string;
	readonly kind: 'shared' | 'dedicated';
	/** Of a dedicated home: the host name of its branch. */
	readonly host?: string;
	/** With which the home enrols the first time. */
	readonly enrolmentToken: string;
}

/** What a driver sees of a home. `Unknown` is not `Absent`: nothing is started on a guess. */
export type HomeSight =
	| { readonly state: 'Running' }
	| { readonly state: 'Absent' }
	| { readonly state: 'Unknown'; readonly reason: string };

/**
 * Starts, stops and sees homes, and nothing else: branches are made and configured by signed documents to the home's internal
 * port, so a driver knows none. Every act may be repeated. `conformance.ts` is the suite each driver passes.
 */
export interface HomeDriver {
	observe(name: string): Promise<HomeSight>;
	/** Resolves when the home runs; it enrols by itself. Starting one that runs changes nothing. */
	start(spec: HomeSpec): Promise<void>;
	/** Stopping one that is not there changes nothing. */
	stop(name: string): Promise<void>;
	/** Where the homes of a library have a namespace of their own: its name, which is written down with a home before that is started. */
	namespaceFor?(library: string): string;
	/**
	 * Where drivers lead people to dedicated homes: leads them there at this host name from now on. Doing it again changes nothing. Drivers without it leave
	 * that to who knows where branches live.
	 */
	readdress?(spec: Omit<HomeSpec, 'enrolmentToken'>): Promise<void>;
	/** Where homes have versions of their own. */
	readonly upgrader?: Upgrader;
}

/** What the platform wrote down of its homes, as far as a driver has to know it. */
export interface HomeBook {
	/** The namespace of a library that a home lives in, and the library's slug; null for one that lives with the shared ones. */
	namespaceOf(home: string): Promise<{ readonly namespace: string; readonly library: string } | null>;
}

/** Makes a driver that asks the book of homes. */
export type DriverMaker = (homes: HomeBook) => HomeDriver;
