using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>The backward pass, from the last layer to the first (back-propagation through time, Werbos 1990).</summary>
internal unsafe struct RecurrentBackward<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private static readonly DType s_dtype = DTypes.Of<T>();

    private readonly RecurrentShape _shape;
    private readonly RecurrentArrays _arrays;
    private readonly RecurrentArrays _gradients;
    private readonly RecurrentStorage _storage;
    private readonly T* _kept;
    private readonly T* _weights;
    private readonly T* _packed;
    private readonly T* _gateGradients;
    private readonly T* _stateGradients;
    private readonly T* _cellGradients;
    private readonly T* _inputGradient;
    private readonly T* _dropped;
    private readonly T* _sums;
    private readonly T* _ones;

    internal RecurrentBackward(
        in RecurrentShape shape,
        in RecurrentArrays arrays,
        in RecurrentArrays gradients,
        T* scratch
    )
    {
        _shape = shape;
        _arrays = arrays;
        _gradients = gradients;
        _storage = new RecurrentStorage(shape, arrays.HasMasks, keeps: true);
        _kept = (T*)arrays.Reserve;
        _weights = RecurrentStorage.Take(ref scratch, shape.Directions * RecurrentWeights.Size<T>(shape));
        _packed = RecurrentStorage.Take(ref scratch, shape.Directions * PackedSize(shape));
        _gateGradients = RecurrentStorage.Take(ref scratch, shape.Directions * GateSize(shape));
        _stateGradients = RecurrentStorage.Take(ref scratch, shape.Directions * shape.Batch * shape.Units);
        _cellGradients = RecurrentStorage.Take(ref scratch, shape.Directions * shape.Batch * shape.Units);
        _inputGradient = RecurrentStorage.Take(ref scratch, shape.OutSize);
        _dropped = RecurrentStorage.Take(ref scratch, shape.OutSize);
        _sums = RecurrentStorage.Take(ref scratch, shape.Slots * shape.Units);
        _ones = scratch;
    }

    internal static long ScratchSize(in RecurrentShape shape) =>
        RecurrentStorage.Round(shape.Directions * RecurrentWeights.Size<T>(shape))
        + RecurrentStorage.Round(shape.Directions * PackedSize(shape))
        + RecurrentStorage.Round(shape.Directions * GateSize(shape))
        + (2 * RecurrentStorage.Round(shape.Directions * shape.Batch * shape.Units))
        + (2 * RecurrentStorage.Round(shape.OutSize))
        + RecurrentStorage.Round(shape.Slots * shape.Units)
        + RecurrentStorage.Round(shape.Rows);

    internal readonly void Run(bool accumulateData, bool accumulateParameters)
    {
        RecurrentDirection<T>* directions = stackalloc RecurrentDirection<T>[2];
        T* dy = (T*)_gradients.Result;
        LongRuns.Fill(_ones, _shape.Rows, T.One);
        for (long layer = _shape.Layers - 1; layer >= 0; layer--)
        {
            for (long d = 0; d < _shape.Directions; d++)
            {
                directions[d] = Direction(layer, d, dy);
            }

            RunSteps(directions);
            T* x = Inputs(layer);
            for (long d = 0; d < _shape.Directions; d++)
            {
                KeepInitial(layer, d);
                if (_gradients.Parameters != null)
                    DifferentiateParameters(layer, d, directions[d], x, accumulateParameters ? 1 : 0);
            }

            DifferentiateInputs(layer, directions, accumulateData);
            dy = _inputGradient;
        }
    }

    private static long PackedSize(in RecurrentShape shape) => 2 * shape.Batch * shape.Gates * shape.Units;

    private static long GateSize(in RecurrentShape shape) => shape.Rows * shape.Slots * shape.Units;

    private readonly RecurrentDirection<T> Direction(long layer, long d, T* dy)
    {
        long size = _shape.Batch * _shape.Units;
        long state = ((layer * _shape.Directions) + d) * size;
        T* weights = _weights + (d * RecurrentWeights.Size<T>(_shape));
        RecurrentWeights.PackBackward(_shape, (T*)_arrays.Parameters + _shape.RecurrentOffset(layer, d), weights);
        return new RecurrentDirection<T>
        {
            Gates = _kept + _storage.Gates(layer, d),
            Cells = _kept + _storage.Cells(layer, d),
            Out = _kept + _storage.Out(layer) + (d * _shape.Units),
            Initial = (T*)_arrays.State + state,
            InitialCell = _arrays.Cell == null ? null : (T*)_arrays.Cell + state,
            Weights = weights,
            Packed = _packed + (d * PackedSize(_shape)),
            OutGradient = dy == null ? null : dy + (d * _shape.Units),
            GateGradients = _gateGradients + (d * GateSize(_shape)),
            StateGradient = Start(_stateGradients + (d * size), _gradients.FinalState, state),
            CellGradient = Start(_cellGradients + (d * size), _gradients.FinalCell, state),
        };
    }

    private readonly T* Start(T* target, void* final, long offset)
    {
        long size = _shape.Batch * _shape.Units;
        if (final == null)
            LongRuns.Clear(target, size);
        else
            LongRuns.Copy((T*)final + offset, target, size);
        return target;
    }

    /// <summary>What entered a layer.</summary>
    private readonly T* Inputs(long layer)
    {
        if (layer == 0)
            return (T*)_arrays.Data;
        T* x = _kept + _storage.Out(layer - 1);
        if (!_arrays.HasMasks)
            return x;
        Elementwise.Binary<MaskProduct>(s_dtype, x, Mask(layer), _dropped, _shape.OutSize);
        return _dropped;
    }

    private readonly T* Mask(long layer) => _kept + _storage.Mask + ((layer - 1) * _shape.OutSize);

    private readonly void RunSteps(RecurrentDirection<T>* directions)
    {
        switch (_shape.Mode)
        {
            case RecurrentMode.Relu:
                new RecurrentSteps<ReluCell, T> { Shape = _shape, Directions = directions }.Backward();
                break;
            case RecurrentMode.Tanh:
                new RecurrentSteps<TanhCell, T> { Shape = _shape, Directions = directions }.Backward();
                break;
            case RecurrentMode.Lstm:
                new RecurrentSteps<LstmCell, T> { Shape = _shape, Directions = directions }.Backward();
                break;
            default:
                new RecurrentSteps<GruCell, T> { Shape = _shape, Directions = directions }.Backward();
                break;
        }
    }

    private readonly void KeepInitial(long layer, long d)
    {
        long size = _shape.Batch * _shape.Units;
        long state = ((layer * _shape.Directions) + d) * size;
        if (_gradients.State != null)
        {
            LongRuns.Copy(_stateGradients + (d * size), (T*)_gradients.State + state, size);
        }

        if (_gradients.Cell != null)
        {
            LongRuns.Copy(_cellGradients + (d * size), (T*)_gradients.Cell + state, size);
        }
    }

    private readonly void DifferentiateParameters(
        long layer,
        long d,
        in RecurrentDirection<T> direction,
        T* x,
        double beta
    )
    {
        long units = _shape.Units;
        long inputs = _shape.LayerInputs(layer);
        long rows = _shape.Rows;
        long batch = _shape.Batch;
        long size = _shape.Gates * units;
        T* gates = direction.GateGradients;
        T* target = (T*)_gradients.Parameters + _shape.WeightOffset(layer, d);
        if (_shape.Mode == RecurrentMode.Gru)
        {
            Outer(2 * units, inputs, rows, gates, x, inputs, beta, target);
            Outer(units, inputs, rows, gates + (3 * units), x, inputs, beta, target + (2 * units * inputs));
        }
        else
        {
            Outer(size, inputs, rows, gates, x, inputs, beta, target);
        }

        // The states before each step: the initial ones, then the results of all steps but the last.
        target = (T*)_gradients.Parameters + _shape.RecurrentOffset(layer, d);
        long slots = _shape.Slots * units;
        long width = _shape.OutWidth;
        T* firstGates = d == 0 ? gates : gates + ((rows - batch) * slots);
        Outer(size, units, batch, firstGates, direction.Initial, units, beta, target);
        if (rows > batch)
        {
            T* otherGates = d == 0 ? gates + (batch * slots) : gates;
            T* before = d == 0 ? direction.Out : direction.Out + (batch * width);
            Outer(size, units, rows - batch, otherGates, before, width, 1, target);
        }

        Gemm.Run(s_dtype, false, false, 1, slots, rows, 1, _ones, rows, gates, slots, 0, _sums, slots);
        T* biases = (T*)_gradients.Parameters + _shape.BiasOffset(layer, d);
        for (long i = 0; i < size; i++)
        {
            bool isThird = _shape.Mode == RecurrentMode.Gru && i >= 2 * units;
            T ofInput = isThird ? _sums[i + units] : _sums[i];
            biases[i] = beta == 0 ? ofInput : biases[i] + ofInput;
            biases[size + i] = beta == 0 ? _sums[i] : biases[size + i] + _sums[i];
        }
    }

    /// <summary>target = gates^T x: the sum over rows of the products of each slot with each input.</summary>
    private readonly void Outer(long slots, long inputs, long rows, T* gates, T* x, long stride, double beta, T* target)
    {
        long gateStride = _shape.Slots * _shape.Units;
        Gemm.Run(s_dtype, true, false, slots, inputs, rows, 1, gates, gateStride, x, stride, beta, target, inputs);
    }

    private readonly void DifferentiateInputs(long layer, RecurrentDirection<T>* directions, bool accumulateData)
    {
        T* target = layer == 0 ? (T*)_gradients.Data : _inputGradient;
        if (target == null)
            return;
        long units = _shape.Units;
        long inputs = _shape.LayerInputs(layer);
        double beta = layer == 0 && accumulateData ? 1 : 0;
        for (long d = 0; d < _shape.Directions; d++)
        {
            T* weights = (T*)_arrays.Parameters + _shape.WeightOffset(layer, d);
            T* gates = directions[d].GateGradients;
            if (_shape.Mode == RecurrentMode.Gru)
            {
                Back(2 * units, inputs, gates, weights, beta, target);
                Back(units, inputs, gates + (3 * units), weights + (2 * units * inputs), 1, target);
            }
            else
            {
                Back(_shape.Gates * units, inputs, gates, weights, beta, target);
            }

            beta = 1;
        }

        if (layer > 0 && _arrays.HasMasks)
            Elementwise.Binary<MaskProduct>(s_dtype, target, Mask(layer), target, _shape.OutSize);
    }

    /// <summary>target = gates weights.</summary>
    private readonly void Back(long slots, long inputs, T* gates, T* weights, double beta, T* target)
    {
        long stride = _shape.Slots * _shape.Units;
        Gemm.Run(
            s_dtype,
            false,
            false,
            _shape.Rows,
            inputs,
            slots,
            1,
            gates,
            stride,
            weights,
            inputs,
            beta,
            target,
            inputs
        );
    }
}
