using System.Numerics;

namespace CoreEngine.CApi;

/// <summary>
/// Gives objects to C as numbers and finds them again. A number is never an address: it names the kind, a slot, and how
/// often the slot was used before, so that one which was freed, made up, or belongs to another kind is found out.
/// </summary>
/// <remarks>
/// Finding takes no lock. A slot's number is written after its object and cleared before it, so whoever reads the same
/// number before and after the object has that number's object.
/// </remarks>
internal sealed class HandleTable
{
    private const int SlotBits = 30;
    private const int GenerationBits = 26;
    private const int ChunkBits = 12;
    private const int ChunkLength = 1 << ChunkBits;

    private readonly Lock _lock = new();
    private readonly Queue<int> _free = new();
    private Entry[][] _chunks = [];
    private int _used;
    private int _count;

    /// <summary>How many handles there are.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Makes a handle for an object.</summary>
    internal nint Add(HandleKind kind, object value)
    {
        lock (_lock)
        {
            // The slot that has been free for longest: a stale handle stays recognisable for as long as possible.
            if (_free.Count < ChunkLength || !_free.TryDequeue(out int slot))
                slot = NewSlot();
            ref Entry entry = ref _chunks[slot >> ChunkBits][slot & (ChunkLength - 1)];
            entry.Generation = (entry.Generation + 1) & ((1 << GenerationBits) - 1);
            entry.Value = value;
            long key = ((long)kind << (SlotBits + GenerationBits)) | ((long)entry.Generation << SlotBits) | (uint)slot;
            Volatile.Write(ref entry.Key, key);
            _count++;
            return (nint)key;
        }
    }

    /// <summary>The object of a handle; null when there is none (any more).</summary>
    internal object? Find(nint handle, HandleKind kind)
    {
        if (KindOf(handle) != kind)
            return null;
        ref Entry entry = ref EntryOf(handle);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry) || Volatile.Read(ref entry.Key) != handle)
            return null;
        object? value = Volatile.Read(ref entry.Value);
        return Volatile.Read(ref entry.Key) == handle ? value : null;
    }

    /// <summary>Ends a handle.</summary>
    /// <returns>Its object, for exactly one of those who end it; null for the others.</returns>
    internal object? Remove(nint handle, HandleKind kind)
    {
        if (KindOf(handle) != kind)
            return null;
        lock (_lock)
        {
            ref Entry entry = ref EntryOf(handle);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry) || entry.Key != handle)
                return null;
            object? value = entry.Value;
            Volatile.Write(ref entry.Key, 0);
            entry.Value = null;
            _free.Enqueue(SlotOf(handle));
            _count--;
            return value;
        }
    }

    /// <summary>The kind that a number claims to be of.</summary>
    internal static HandleKind KindOf(nint handle) => (HandleKind)(handle >>> (SlotBits + GenerationBits));

    private static int SlotOf(nint handle) => (int)(handle & ((1L << SlotBits) - 1));

    private ref Entry EntryOf(nint handle)
    {
        int slot = SlotOf(handle);
        Entry[][] chunks = Volatile.Read(ref _chunks);
        if (slot >> ChunkBits >= chunks.Length || chunks[slot >> ChunkBits] is not { } chunk)
            return ref System.Runtime.CompilerServices.Unsafe.NullRef<Entry>();
        return ref chunk[slot & (ChunkLength - 1)];
    }

    private int NewSlot()
    {
        int slot = _used;
        if (slot == 1 << SlotBits)
            throw new InvalidOperationException("There are more than a thousand million handles; free some.");
        int chunk = slot >> ChunkBits;
        if (chunk >= _chunks.Length)
        {
            var grown = new Entry[Math.Max(16, BitOperations.RoundUpToPowerOf2((uint)chunk + 1))][];
            _chunks.CopyTo(grown, 0);
            Volatile.Write(ref _chunks, grown);
        }

        _chunks[chunk] ??= new Entry[ChunkLength];
        _used++;
        return slot;
    }

    private struct Entry
    {
        public long Key;
        public object? Value;
        public int Generation;
    }
}
