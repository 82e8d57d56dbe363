using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace CoreEngine.Runtime;

// Debug mode: guard zones around blocks, poisoned free memory, and the origin of every loan.
public sealed partial class StoragePool
{
    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<long, AllocationRecord> _live = new();
    private readonly ConcurrentQueue<AllocationRecord> _forgottenRecords = new();
    private readonly ConcurrentQueue<string> _findings = new();
    private readonly ConcurrentBag<Block> _quarantine = [];
    private bool _debug;
    private long _loans;

    /// <summary>
    /// Whether blocks get guard zones, returned memory is poisoned and checked when it is lent again, and the origin of
    /// each loan is kept. Slow, and meant for tests and for hunting a fault. Applies to blocks lent from now on; memory
    /// that the host cannot see is never guarded.
    /// </summary>
    public bool Debug
    {
        get => _debug;
        set
        {
            bool debug = value && Source.IsHostVisible;
            if (debug != _debug)
            {
                _debug = debug;
                if (this == s_cpu)
                {
                    IsHostDebugged = debug;
                }

                Trim();
            }
        }
    }

    /// <summary>Whether the pool of the host's ordinary memory, that of <c>cpu(0)</c>, is in debug mode.</summary>
    internal static bool IsHostDebugged { get; private set; }

    /// <summary>Debug mode: the loans that have not ended, oldest first.</summary>
    public IReadOnlyList<AllocationRecord> LiveAllocations => [.. _live.Values.OrderBy(record => record.Number)];

    /// <summary>Debug mode: the loans that the garbage collector had to end, at most the first thousand.</summary>
    public IReadOnlyList<AllocationRecord> ForgottenAllocations => [.. _forgottenRecords];

    /// <summary>
    /// Debug mode: what was found damaged, at most the first thousand; also where no exception could be thrown, or where
    /// nobody sees it.
    /// </summary>
    public IReadOnlyList<string> Findings => [.. _findings];

    /// <summary>Debug mode: a report of live and forgotten loans and of damage, with origins; empty when there is none.</summary>
    public string Report()
    {
        var text = new StringBuilder();
        Append(text, "still lent", [.. LiveAllocations.Select(record => record.ToString())]);
        Append(text, "forgotten, ended by the garbage collector", [.. _forgottenRecords.Select(r => r.ToString())]);
        Append(text, "damaged", Findings);
        return text.ToString();
    }

    private void Append(StringBuilder text, string what, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            text.AppendLine($"{Device}: {lines.Count:N0} {what}");
            foreach (string line in lines)
            {
                text.Append("  ").AppendLine(line);
            }
        }
    }

    /// <summary>Bytes before a guarded block's payload: as many as keep it aligned.</summary>
    private static long FrontBytes(FreeList list) => Math.Max(GuardZone.Bytes, list.Alignment);

    private long NativeBytes(FreeList list) =>
        _debug ? FrontBytes(list) + list.BlockBytes + GuardZone.Bytes : list.BlockBytes;

    private void BeginGuardedLoan(Block block, string? tag)
    {
        // A block without a record comes straight from the system.
        if (block.Record is not null && CheckFree(block) is { } damage)
        {
            Quarantine(block);
            ReportUse(-block.List.BlockBytes);
            throw damage;
        }

        long number = Interlocked.Increment(ref _loans);
        string origin = new StackTrace(2, fNeedFileInfo: true).ToString().TrimEnd();
        var record = new AllocationRecord(number, block.RequestedBytes, tag, origin);
        block.Record = record;
        _live[number] = record;
        GuardZone.Draw(block);
    }

    private void EndGuardedLoan(Block block)
    {
        if (block.Record is { } record)
        {
            _live.TryRemove(record.Number, out _);
        }

        if (GuardZone.FindOverrun(block) is { } offset)
        {
            Interlocked.Increment(ref _releasedReturns);
            ReportUse(-block.List.BlockBytes);
            Quarantine(block);
            var damage = new MemoryCorruptionException(
                $"Something wrote outside its memory on {Device}, at byte {offset:N0} from the start of {block.Record}",
                block.Record
            );
            RememberFinding(damage.Message);
            throw damage;
        }

        GuardZone.Poison(block);
    }

    private MemoryCorruptionException? CheckFree(Block block) =>
        block.Guarded && GuardZone.FindWriteAfterFree(block) is { } offset
            ? new MemoryCorruptionException(
                $"Something wrote into memory on {Device} after giving it back, near byte {offset:N0} of {block.Record}",
                block.Record
            )
            : null;

    /// <summary>Keeps a damaged block for good: whoever damaged it may do so again.</summary>
    private void Quarantine(Block block)
    {
        _quarantine.Add(block);
        Interlocked.Decrement(ref _heldBlocks);
        Interlocked.Add(ref _heldBytes, -block.List.BlockBytes);
    }

    private void RememberForgotten(AllocationRecord record)
    {
        if (_forgottenRecords.Count < MaxRemembered)
        {
            _forgottenRecords.Enqueue(record);
        }
    }

    internal void RememberFinding(string finding)
    {
        if (_findings.Count < MaxRemembered)
        {
            _findings.Enqueue(finding);
        }
    }
}
