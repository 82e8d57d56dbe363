using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>The forward pass, layer after layer.</summary>
internal unsafe struct RecurrentForward<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private static readonly DType s_dtype = DTypes.Of<T>();

    private readonly RecurrentShape _shape;
    private readonly RecurrentArrays _arrays;
    private readonly RecurrentStorage _storage;
    private readonly T* _kept;
    private readonly T* _weights;
    private readonly T* _packed;
    private readonly T* _bias;
    private readonly T* _dropped;

    internal RecurrentForward(in RecurrentShape shape, in RecurrentArrays arrays, T* scratch)
    {
        _shape = shape;
        _arrays = arrays;
        bool keeps = arrays.Reserve != null;
        _storage = new RecurrentStorage(shape, arrays.HasMasks, keeps);
        _kept = keeps ? (T*)arrays.Reserve : RecurrentStorage.Take(ref scratch, _storage.Size);
        _weights = RecurrentStorage.Take(ref scratch, shape.Directions * RecurrentWeights.Size<T>(shape));
        _packed = RecurrentStorage.Take(ref scratch, shape.Directions * 2 * shape.Batch * shape.Units);
        _bias = RecurrentStorage.Take(ref scratch, shape.Directions * shape.Slots * shape.Units);
        _dropped = scratch;
    }

    internal static long ScratchSize(in RecurrentShape shape, bool hasMasks, bool keeps) =>
        (keeps ? 0 : RecurrentStorage.Round(new RecurrentStorage(shape, hasMasks, keeps).Size))
        + RecurrentStorage.Round(shape.Directions * RecurrentWeights.Size<T>(shape))
        + RecurrentStorage.Round(shape.Directions * 2 * shape.Batch * shape.Units)
        + RecurrentStorage.Round(shape.Directions * shape.Slots * shape.Units)
        + (hasMasks ? RecurrentStorage.Round(shape.OutSize) : 0);

    internal readonly void Run()
    {
        RecurrentDirection<T>* directions = stackalloc RecurrentDirection<T>[2];
        T* x = (T*)_arrays.Data;
        for (long layer = 0; layer < _shape.Layers; layer++)
        {
            if (layer > 0 && _arrays.HasMasks)
            {
                T* mask = _kept + _storage.Mask + ((layer - 1) * _shape.OutSize);
                Elementwise.Binary<MaskProduct>(s_dtype, x, mask, _dropped, _shape.OutSize);
                x = _dropped;
            }

            T* result = Out(layer);
            for (long d = 0; d < _shape.Directions; d++)
            {
                directions[d] = Direction(layer, d, result);
                ProjectInputs(layer, d, x, directions[d].Gates);
            }

            RunSteps(directions);
            for (long d = 0; d < _shape.Directions; d++)
            {
                KeepFinal(layer, d, directions[d]);
            }

            x = result;
        }

        if (_arrays.Result != null && x != _arrays.Result)
            Buffer.MemoryCopy(x, _arrays.Result, _shape.OutSize * sizeof(T), _shape.OutSize * sizeof(T));
    }

    /// <summary>Without a reserve the last layer writes the result itself.</summary>
    private readonly T* Out(long layer) =>
        layer == _shape.Layers - 1 && _arrays.Reserve == null && _arrays.Result != null
            ? (T*)_arrays.Result
            : _kept + _storage.Out(layer);

    private readonly RecurrentDirection<T> Direction(long layer, long d, T* result)
    {
        long state = ((layer * _shape.Directions) + d) * _shape.Batch * _shape.Units;
        T* parameters = (T*)_arrays.Parameters;
        T* weights = _weights + (d * RecurrentWeights.Size<T>(_shape));
        RecurrentWeights.PackForward(_shape, parameters + _shape.RecurrentOffset(layer, d), weights);
        T* bias = _bias + (d * _shape.Slots * _shape.Units);
        AddBiases(parameters + _shape.BiasOffset(layer, d), bias);
        return new RecurrentDirection<T>
        {
            Gates = _kept + _storage.Gates(layer, d),
            Cells = _kept + _storage.Cells(layer, d),
            Out = result + (d * _shape.Units),
            Initial = (T*)_arrays.State + state,
            InitialCell = _arrays.Cell == null ? null : (T*)_arrays.Cell + state,
            Weights = weights,
            Bias = bias,
            Packed = _packed + (d * 2 * _shape.Batch * _shape.Units),
        };
    }

    /// <summary>The two biases of a gate are added, but for a GRU's third gate, which takes them apart.</summary>
    private readonly void AddBiases(T* biases, T* target)
    {
        long units = _shape.Units;
        long size = _shape.Gates * units;
        T* recurrent = biases + size;
        bool isGru = _shape.Mode == RecurrentMode.Gru;
        long sums = isGru ? 2 * units : size;
        for (long i = 0; i < sums; i++)
        {
            target[i] = biases[i] + recurrent[i];
        }

        if (!isGru)
            return;
        LongRuns.Copy(recurrent + sums, target + sums, units);
        LongRuns.Copy(biases + sums, target + sums + units, units);
    }

    /// <summary>What the inputs of all steps contribute to the gates.</summary>
    private readonly void ProjectInputs(long layer, long d, T* x, T* gates)
    {
        long units = _shape.Units;
        T* weights = (T*)_arrays.Parameters + _shape.WeightOffset(layer, d);
        if (_shape.Mode != RecurrentMode.Gru)
        {
            Multiply(layer, x, weights, gates, _shape.Gates * units);
            return;
        }

        // The third slot is the recurrent part's alone.
        Multiply(layer, x, weights, gates, 2 * units);
        Multiply(layer, x, weights + (2 * units * _shape.LayerInputs(layer)), gates + (3 * units), units);
    }

    private readonly void Multiply(long layer, T* x, T* weights, T* gates, long columns)
    {
        long inputs = _shape.LayerInputs(layer);
        long stride = _shape.Slots * _shape.Units;
        Gemm.Run(s_dtype, false, true, _shape.Rows, columns, inputs, 1, x, inputs, weights, inputs, 0, gates, stride);
    }

    private readonly void RunSteps(RecurrentDirection<T>* directions)
    {
        switch (_shape.Mode)
        {
            case RecurrentMode.Relu:
                new RecurrentSteps<ReluCell, T> { Shape = _shape, Directions = directions }.Forward();
                break;
            case RecurrentMode.Tanh:
                new RecurrentSteps<TanhCell, T> { Shape = _shape, Directions = directions }.Forward();
                break;
            case RecurrentMode.Lstm:
                new RecurrentSteps<LstmCell, T> { Shape = _shape, Directions = directions }.Forward();
                break;
            default:
                new RecurrentSteps<GruCell, T> { Shape = _shape, Directions = directions }.Forward();
                break;
        }
    }

    private readonly void KeepFinal(long layer, long d, in RecurrentDirection<T> direction)
    {
        long units = _shape.Units;
        long size = _shape.Batch * units;
        long state = ((layer * _shape.Directions) + d) * size;
        long time = d == 0 ? _shape.Steps - 1 : 0;
        if (_arrays.FinalState != null)
        {
            T* source = direction.Out + (time * _shape.Batch * _shape.OutWidth);
            T* target = (T*)_arrays.FinalState + state;
            for (long row = 0; row < _shape.Batch; row++)
            {
                LongRuns.Copy(source + (row * _shape.OutWidth), target + (row * units), units);
            }
        }

        if (_arrays.FinalCell != null)
        {
            LongRuns.Copy(direction.Cells + (time * size), (T*)_arrays.FinalCell + state, size);
        }
    }
}

/// <summary>A value times its mask.</summary>
internal readonly struct MaskProduct : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x * y;
}
