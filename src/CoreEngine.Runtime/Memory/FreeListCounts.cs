namespace CoreEngine.Runtime;

/// <summary>Sums over free lists.</summary>
internal struct FreeListCounts
{
    public long PooledBlocks;
    public long PooledBytes;
    public long Taken;
    public long Returned;
}
