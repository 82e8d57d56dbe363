namespace CoreEngine.Kernels;

/// <summary>
/// What a forward pass keeps for the backward pass, as element offsets into one array: gates, cells and results of every
/// layer, and dropout's masks. A pass that nobody will follow keeps less: layers share what they do not need for long.
/// </summary>
internal readonly struct RecurrentStorage
{
    private readonly long _gateSize;
    private readonly long _cellSize;
    private readonly long _outSize;
    private readonly long _gateLayers;
    private readonly long _outLayers;
    private readonly long _directions;
    private readonly long _masks;

    /// <param name="shape">The geometry.</param>
    /// <param name="hasMasks">Inputs of layers after the first are dropped at random.</param>
    /// <param name="keeps">Everything is kept.</param>
    internal RecurrentStorage(in RecurrentShape shape, bool hasMasks, bool keeps)
    {
        _directions = shape.Directions;
        _gateSize = Round(shape.Rows * shape.Slots * shape.Units);
        _cellSize = shape.Mode == RecurrentMode.Lstm ? Round(shape.Rows * shape.Units) : 0;
        _outSize = Round(shape.OutSize);
        _gateLayers = keeps ? shape.Layers : 1;
        _outLayers = keeps ? shape.Layers : Math.Min(shape.Layers, 2);
        _masks = hasMasks ? (shape.Layers - 1) * shape.OutSize : 0;
    }

    /// <summary>Elements in all.</summary>
    internal long Size => Mask + Round(_masks);

    /// <summary>The masks of all layers after the first, one after the other, each as large as a layer's result.</summary>
    internal long Mask => FirstOut + (_outLayers * _outSize);

    /// <summary>Elements of all masks.</summary>
    internal long MaskSize => _masks;

    /// <summary>(Steps, Batch, slots, Units) of a layer and direction.</summary>
    internal long Gates(long layer, long direction) => ((layer % _gateLayers * _directions) + direction) * _gateSize;

    /// <summary>The LSTM's cells, (Steps, Batch, Units), of a layer and direction.</summary>
    internal long Cells(long layer, long direction) =>
        (_gateLayers * _directions * _gateSize) + (((layer % _gateLayers * _directions) + direction) * _cellSize);

    /// <summary>The result of a layer.</summary>
    internal long Out(long layer) => FirstOut + (layer % _outLayers * _outSize);

    private long FirstOut => _gateLayers * _directions * (_gateSize + _cellSize);

    /// <summary>Keeps each part on cache lines of its own.</summary>
    internal static long Round(long count) => (count + 15) & ~15L;

    /// <summary>Takes the front of an array, and moves the front.</summary>
    internal static unsafe T* Take<T>(ref T* front, long count)
        where T : unmanaged
    {
        T* start = front;
        front += Round(count);
        return start;
    }
}
