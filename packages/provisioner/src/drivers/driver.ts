import type { Names } from '../routes/cluster-routes.ts';
import type { HomeLeases } from './home-leases.ts';
import type { ReleaseBook, ReleaseTrouble } from './release-book.ts';
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
	/** `changed`: who stopped it is not us, in a sentence. `failed`: how it went when it was started with the same as it would be now. */
	| { readonly state: 'Absent'; readonly changed?: string; readonly failed?: ReleaseTrouble }
	| { readonly state: 'Unknown'; readonly reason: string };

/** What somebody else changed about what a home is made of. */
export interface Drift {
	/** A sentence for library IT that names what differs, and no value of it. */
	readonly sentence: string;
	/** Whether it lies between people and the home. */
	readonly cutsOff: boolean;
	/** Somebody brought the home to something by the means of the platform itself, and not this or that about it. */
	readonly unmanaged?: true;
}

/** Finds what somebody changed behind the platform's back, and changes it back. Both may be repeated. */
export interface DriftMender {
	/** Null when nothing differs, or when nothing is known of this home. Changes nothing. */
	look(name: string): Promise<Drift | null>;
	/** Brings back what differs, to what the home was brought to last and to no other version. Throws `PublicError` when something stays. */
	mend(name: string): Promise<void>;
}

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
	/**
	 * Where homes run on what may not be there: whether they could be started there just now. Changes nothing. Throws `PublicError` with what it is when it does
	 * not answer, does not let the platform in, or has no place for them.
	 */
	tryOut?(): Promise<void>;
	/**
	 * Where the homes of a library have a namespace of their own in a cell (null: the first): its name, which is written down with a home before that is
	 * started; null where they have none. Throws `PublicError` when that cell cannot be reached as the settings say.
	 */
	namespaceFor?(library: string, cell: string | null): Promise<string | null>;
	/**
	 * Where the homes of a library find in its namespace what the operator put beside the shared ones, such as certificates: brings there what changed since.
	 * `namespaces` are all that homes of libraries live in. Rejects when the cluster does not answer; doing it again goes on from there. Ends early with
	 * the signal.
	 */
	renewSecrets?(namespaces: readonly string[], signal?: AbortSignal): Promise<void>;
	/**
	 * Where drivers lead people to dedicated homes: leads them there at this host name from now on. Doing it again changes nothing. Drivers without it leave
	 * that to who knows where branches live.
	 */
	readdress?(spec: Omit<HomeSpec, 'enrolmentToken'>): Promise<void>;
	/**
	 * Where people are led to shared homes, and to the roles of the platform, by objects of the cluster: brings those of this one to what the names ask for, and
	 * mends what was changed by hand. Doing it again changes nothing. `read` is asked once nobody else is at it. Throws `PublicError`.
	 */
	lead?(read: () => Promise<Names>): Promise<void>;
	/** Where others can change what homes are made of. */
	readonly drift?: DriftMender;
	/** Where homes have versions of their own. */
	readonly upgrader?: Upgrader;
	/**
	 * Where others can change what homes are made of: tells the name of each home at which something changed, soon after it did, whoever did it. It may tell of
	 * one where nothing is amiss, of one that nobody knows, and not tell of another; so it is a reason to look and never to act. Called once.
	 */
	watch?(changed: (home: string) => void): HomeWatch;
}

/** Somebody listens for changes of homes. */
export interface HomeWatch {
	/** Tells nothing any more; resolves when nothing of it is left. */
	close(): Promise<void>;
}

/** What the platform wrote down of its homes, as far as a driver has to know it. */
export interface HomeBook {
	/** The namespace of a library that a home lives in, and the library's slug; null for one that lives with the shared ones. */
	namespaceOf(home: string): Promise<{ readonly namespace: string; readonly library: string } | null>;
	/** What a home is, without its one-time token; null for one that nobody knows. */
	specOf(home: string): Promise<Omit<HomeSpec, 'enrolmentToken'> | null>;
	/** What homes were brought to, and ran well with. */
	readonly releases: ReleaseBook;
	/** Who works on which home. */
	readonly leases: HomeLeases;
}

/** Makes a driver that asks the book of homes. */
export type DriverMaker = (homes: HomeBook) => HomeDriver;
