using System.Runtime.CompilerServices;

namespace CoreEngine.Runtime;

/// <summary>The free blocks of one size class: a few short stacks, so that threads seldom meet at one lock.</summary>
/// <remarks>
/// A thread uses the stack of the processor it runs on and looks at the others when that one is empty: arrays are often
/// made by one thread and returned by another. Large blocks have one stack; they are rare and worth sharing at once.
/// </remarks>
internal sealed class FreeList
{
    /// <summary>A stack tells the pool about its changes in use when they exceed this many bytes.</summary>
    private const long ReportedBytes = 64 << 10;

    private static readonly int s_stackCount = (int)
        System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16));

    private readonly StoragePool _pool;
    private readonly Stack[] _stacks;

    public FreeList(StoragePool pool, int sizeClass)
    {
        _pool = pool;
        BlockBytes = SizeClass.SizeOf(sizeClass);
        Alignment = SizeClass.AlignmentOf(BlockBytes);
        _stacks = new Stack[BlockBytes >= ReportedBytes ? 1 : s_stackCount];
    }

    /// <summary>Bytes that each block offers.</summary>
    public long BlockBytes { get; }

    /// <summary>What each block's payload is aligned to.</summary>
    public long Alignment { get; }

    /// <summary>Takes a free block; null when there is none.</summary>
    public Block? TryTake()
    {
        Stack[] stacks = _stacks;
        int home = stacks.Length == 1 ? 0 : Thread.GetCurrentProcessorId() & (stacks.Length - 1);
        Block? block = TryTake(ref stacks[home]);
        for (int i = 1; block is null && i < stacks.Length; i++)
        {
            block = TryTake(ref stacks[(home + i) & (stacks.Length - 1)]);
        }

        return block;
    }

    /// <summary>Puts back a block whose loan has ended.</summary>
    public void Put(Block block)
    {
        Stack[] stacks = _stacks;
        ref Stack stack = ref stacks[stacks.Length == 1 ? 0 : Thread.GetCurrentProcessorId() & (stacks.Length - 1)];
        stack.Lock.Enter();
        block.Next = stack.Head;
        Volatile.Write(ref stack.Head, block);
        stack.Free++;
        stack.Returned++;
        long unreported = stack.Unreported - BlockBytes;
        bool report = unreported <= -ReportedBytes;
        stack.Unreported = report ? 0 : unreported;
        stack.Lock.Exit();
        if (report)
        {
            _pool.ReportUse(unreported);
        }
    }

    /// <summary>Takes a block to free its memory; this is no loan and counts in no statistics.</summary>
    public Block? TryRemove()
    {
        for (int i = 0; i < _stacks.Length; i++)
        {
            ref Stack stack = ref _stacks[i];
            stack.Lock.Enter();
            Block? block = stack.Head;
            if (block is not null)
            {
                stack.Head = block.Next;
                block.Next = null;
                stack.Free--;
            }

            stack.Lock.Exit();
            if (block is not null)
            {
                return block;
            }
        }

        return null;
    }

    /// <summary>Adds this list's numbers to a pool's statistics.</summary>
    public void Count(ref FreeListCounts counts)
    {
        for (int i = 0; i < _stacks.Length; i++)
        {
            ref Stack stack = ref _stacks[i];
            stack.Lock.Enter();
            counts.PooledBlocks += stack.Free;
            counts.PooledBytes += stack.Free * BlockBytes;
            counts.Taken += stack.Taken;
            counts.Returned += stack.Returned;
            stack.Lock.Exit();
        }
    }

    private Block? TryTake(ref Stack stack)
    {
        if (Volatile.Read(ref stack.Head) is null)
        {
            return null;
        }

        stack.Lock.Enter();
        Block? block = stack.Head;
        if (block is null)
        {
            stack.Lock.Exit();
            return null;
        }

        stack.Head = block.Next;
        stack.Free--;
        stack.Taken++;
        long unreported = stack.Unreported + BlockBytes;
        bool report = unreported >= ReportedBytes;
        stack.Unreported = report ? 0 : unreported;
        stack.Lock.Exit();
        block.Next = null;
        if (report)
        {
            _pool.ReportUse(unreported);
        }

        return block;
    }

    private struct Stack
    {
        public Block? Head;
        public SpinFlag Lock;
        public int Free;
        public long Taken;
        public long Returned;
        public long Unreported;
#pragma warning disable CS0169, IDE0051 // Never read: it keeps two stacks two cache lines apart.
        private readonly Padding _padding;
#pragma warning restore CS0169, IDE0051
    }

    /// <summary>Processors fetch cache lines in pairs, hence nearly 128 bytes. The runtime ignores StructLayout's Size here.</summary>
    [InlineArray(11)]
    private struct Padding
    {
        private long _element;
    }
}
