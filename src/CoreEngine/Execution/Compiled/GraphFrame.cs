using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>
/// The arguments of all steps of a compiled graph, with the addresses of one set of arrays. Used by one run at a time.
/// </summary>
internal sealed unsafe class GraphFrame
{
    private readonly CompiledGraph _graph;
    private readonly TensorView[] _views;
    private readonly nint[] _bases;

    // By view; null while no array is sparse.
    private SparseStorage?[]? _sparse;

    internal GraphFrame(CompiledGraph graph)
    {
        _graph = graph;
        _views = graph.CopyOfViews();
        _bases = new nint[graph.RegionCount];
    }

    /// <summary>The next frame in a list of free ones.</summary>
    internal GraphFrame? Next { get; set; }

    /// <summary>The arguments, step by step.</summary>
    internal ReadOnlySpan<TensorView> Views => _views;

    /// <summary>Says where a region (an external array or an arena) starts.</summary>
    internal void SetRegion(int region, void* start)
    {
        if (_bases[region] == (nint)start)
            return;
        _bases[region] = (nint)start;
        foreach (int view in _graph.ViewsOf(region))
        {
            ref TensorView it = ref _views[view];
            it = new TensorView((byte*)start + _graph.OffsetOf(view), it.Shape, it.DType);
        }
    }

    /// <summary>Whether any external array is sparse.</summary>
    internal bool HasSparse => _sparse is not null;

    /// <summary>Says what a sparse external array holds.</summary>
    internal void SetSparse(int external, SparseStorage array)
    {
        _sparse ??= new SparseStorage?[_views.Length];
        foreach (int view in _graph.ViewsOf(external))
        {
            _sparse[view] = array;
        }
    }

    /// <summary>
    /// The sparse ones among some views, which now show what these hold: that is known only when the step that uses them
    /// begins. Nothing when all are dense.
    /// </summary>
    internal ReadOnlySpan<SparseStorage?> Refresh(int first, int count)
    {
        bool isSparse = false;
        for (int view = first; view < first + count; view++)
        {
            if (_sparse![view] is not { } array)
                continue;
            _views[view] = array.View;
            isSparse = true;
        }

        return isSparse ? _sparse.AsSpan(first, count) : [];
    }
}
