namespace CoreEngine.Runtime;

/// <summary>
/// The fields of <see cref="Operation"/> that every push uses. Fields of a base class come first in memory, so these
/// stand together: a record travels between two processors with every push, and each cache line of it counts.
/// </summary>
internal abstract class OperationCore
{
    /// <summary>Room for the variables of a usual operation.</summary>
    protected const int UsualAccesses = 4;

    /// <summary>The work; null for bulks, waits and deletions without a callback.</summary>
    public OperationBody? Body;

    /// <summary>The variables; the first <see cref="AccessCount"/> entries count, writes before reads.</summary>
    public Access[] Accesses = new Access[UsualAccesses];

    /// <summary>The next record: of the submission stack, a ready queue, a bulk, or the pool.</summary>
    public Operation? Next;

    /// <summary>The lane that runs it; null where there is nothing to run.</summary>
    public Lane? Lane;

    /// <summary>The order in which the scheduler saw it.</summary>
    public long Sequence;

    /// <summary>The device given with the push.</summary>
    public Device Device;

    /// <summary>The priority given with the push.</summary>
    public int Priority;

    /// <summary>How many entries of <see cref="Accesses"/> count.</summary>
    public int AccessCount;

    /// <summary>How many of them are writes; they come first.</summary>
    public int WriteCount;

    /// <summary>How many variables have not been granted yet.</summary>
    public int Waiting;

    /// <summary>How many submissions, this one included, had not been seen by the scheduler when it was pushed.</summary>
    public int Depth;

    /// <summary>The property given with the push.</summary>
    public OperationProperty Property;

    /// <summary>What the record stands for.</summary>
    public OperationKind Kind;

    /// <summary>How it ended; set before the record is handed to the scheduler for release.</summary>
    public Outcome Outcome;
}
