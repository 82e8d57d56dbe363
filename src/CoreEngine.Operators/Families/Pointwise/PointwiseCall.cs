using System.Runtime.CompilerServices;
using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.Operators;

/// <summary>
/// One run of a <see cref="PointwiseProgram"/>. The arrays are cut into tiles; a thread runs all steps on one tile before
/// it goes on to the next, and calls for each step the kernel of its operator.
/// </summary>
internal unsafe struct PointwiseCall
{
    /// <summary>Elements, summed over all steps, that are worth a thread.</summary>
    private const long Grain = 16384;

    [ThreadStatic]
    private static ScratchArena? t_arena;

    private PointwiseProgram _program;
    private PointwisePlan _plan;
    private bool _isTraining;
    private int _lanes;
    private byte* _slots;
    private Place* _places;

    internal static void Run(ref KernelContext context)
    {
        PointwiseProgram program = context.Parameters<FusedPointwiseParameters>().Program;
        PointwisePlan plan = program.PlanFor(ref context);
        Place* places = stackalloc Place[program.ValueCount];
        long threads = Math.Min(plan.Size * program.Steps.Length / Grain, KernelTeam.Default.Size);
        var call = new PointwiseCall
        {
            _program = program,
            _plan = plan,
            _isTraining = context.IsTraining,
            _lanes = (int)Math.Clamp(threads, 1, plan.TileCount),
            _places = places,
        };
        if (!call.PlaceResults(ref context))
            return;
        call.PlaceInputs(ref context);
        call._slots = (byte*)context.Scratch(plan.LaneBytes * call._lanes);
        KernelTeam.Default.For(call._lanes, 1, &RunLanes, Unsafe.AsPointer(ref call));
    }

    private readonly void PlaceInputs(ref KernelContext context)
    {
        for (int i = 0; i < _program.InputCount; i++)
        {
            TensorView input = context.Input(i);
            var data = (byte*)input.Data;
            bool isRepeated = _plan.SlotOf(i) >= 0;
            if (IsLostTooEarly(ref context, i, isRepeated))
            {
                long bytes = input.Size * input.DType.ItemSize();
                data = (byte*)context.Scratch(bytes);
                System.Buffer.MemoryCopy(input.Data, data, bytes, bytes);
            }

            _places[i] = new Place
            {
                Array = data,
                ItemSize = input.DType.ItemSize(),
                IsInSlot = isRepeated,
            };
        }
    }

    /// <summary>Whether an output takes the place of an input whose elements other tiles than those that overwrite them need.</summary>
    private static bool IsLostTooEarly(ref KernelContext context, int index, bool isRepeated)
    {
        TensorView input = context.Input(index);
        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView output = context.Output(i);
            bool isMisaligned = isRepeated || output.DType.ItemSize() != input.DType.ItemSize();
            if (context.Wants(i) && output.Data == input.Data && isMisaligned)
                return true;
        }

        return false;
    }

    /// <summary>Decides for each result whether its step writes it to an output or to a slot. False when none is wanted.</summary>
    private readonly bool PlaceResults(ref KernelContext context)
    {
        for (int value = _program.InputCount; value < _program.ValueCount; value++)
        {
            bool isTaken = _program.LastReaderOf(value) >= 0;
            _places[value] = new Place { IsInSlot = true, Request = isTaken ? Request.Write : Request.Null };
        }

        bool anyWanted = false;
        for (int i = 0; i < _program.Outputs.Length; i++)
        {
            if (!context.Wants(i))
                continue;
            anyWanted = true;
            int value = _program.Outputs[i];
            TensorView output = context.Output(i);
            bool adds = context.Accumulates(i);
            ref Place place = ref _places[value];
            place.Array = (byte*)output.Data;
            place.ItemSize = output.DType.ItemSize();
            place.IsInSlot = MustWait(ref context, i) || (adds && _program.LastReaderOf(value) >= 0);
            place.Request = adds && !place.IsInSlot ? Request.Add : Request.Write;
            place.Late =
                !place.IsInSlot ? Request.Null
                : adds ? Request.Add
                : Request.Write;
        }

        return anyWanted;
    }

    /// <summary>Whether an output shares its memory with an input that is still needed after the output has been computed.</summary>
    private readonly bool MustWait(ref KernelContext context, int index)
    {
        int value = _program.Outputs[index];
        int maker = _program.MakerOf(value);
        for (int i = 0; i < _program.InputCount; i++)
        {
            if (context.Input(i).Data != context.Output(index).Data)
                continue;
            int last = _program.LastReaderOf(i);
            bool mayReplace =
                last < maker
                || (last == maker && _program.Steps[maker].MayReplace(i, value - _program.FirstValueOf(maker)));
            if (!mayReplace || context.Accumulates(index))
                return true;
        }

        return false;
    }

    private static void RunLanes(void* state, long start, long end)
    {
        ref PointwiseCall call = ref Unsafe.AsRef<PointwiseCall>(state);
        PointwisePlan plan = call._plan;
        var lane = new Lane { Arena = t_arena ??= new ScratchArena() };
        for (long i = start; i < end; i++)
        {
            lane.Slots = call._slots + (i * plan.LaneBytes);
            call.FillSingles(ref lane);
            long first = plan.TileCount * i / call._lanes;
            long last = plan.TileCount * (i + 1) / call._lanes;
            for (long tile = first; tile < last; tile++)
            {
                lane.Start = tile * plan.TileLength;
                lane.Shape = tile == plan.TileCount - 1 ? plan.LastTileShape : plan.TileShape;
                lane.Length = lane.Shape[0];
                call.RunTile(ref lane);
            }
        }
    }

    /// <summary>Inputs of one element are repeated once for all tiles.</summary>
    private readonly void FillSingles(ref Lane lane)
    {
        foreach (int input in _plan.Repeated)
        {
            if (_plan.IsSingle(input))
            {
                byte* slot = lane.Slots + (_plan.SlotOf(input) * (long)_plan.SlotBytes);
                Kernels.Elementwise.Fill(_plan.TypeOf(input), _places[input].Array, slot, _plan.TileLength);
            }
        }
    }

    private readonly void RunTile(ref Lane lane)
    {
        foreach (int input in _plan.Repeated)
        {
            if (!_plan.IsSingle(input))
            {
                Broadcast.Copy(
                    _plan.TypeOf(input),
                    _places[input].Array,
                    _plan.InputShape(input),
                    Address(ref lane, input),
                    _plan.Full,
                    lane.Start,
                    lane.Length
                );
            }
        }

        ReadOnlySpan<PointwiseStep> steps = _program.Steps;
        for (int i = 0; i < steps.Length; i++)
        {
            RunStep(ref lane, steps[i], _program.FirstValueOf(i));
        }

        foreach (int value in _program.Outputs)
        {
            Place place = _places[value];
            if (place.Late == Request.Null)
                continue;
            Kernels.Elementwise.Unary<Identity>(
                _plan.TypeOf(value),
                Address(ref lane, value),
                place.Array + (lane.Start * place.ItemSize),
                lane.Length,
                place.Late == Request.Add
            );
        }
    }

    private readonly void RunStep(ref Lane lane, PointwiseStep step, int firstValue)
    {
        ReadOnlySpan<int> arguments = step.Arguments;
        Span<TensorView> inputs = lane.Inputs;
        Span<TensorView> outputs = lane.Outputs;
        Span<Request> requests = lane.Requests;
        for (int i = 0; i < arguments.Length; i++)
        {
            inputs[i] = View(ref lane, arguments[i]);
        }

        int count = step.Operator.OutputCount;
        for (int i = 0; i < count; i++)
        {
            int value = firstValue + i;
            requests[i] = _places[value].Request;
            outputs[i] =
                requests[i] == Request.Null
                    ? TensorView.Nothing(lane.Shape, _plan.TypeOf(value))
                    : View(ref lane, value);
        }

        var context = new KernelContext(
            step.Operator,
            inputs[..arguments.Length],
            outputs[..count],
            requests[..count],
            _isTraining,
            default,
            lane.Arena
        );
        step.Operator.Definition.Kernel(ref context);
        lane.Arena.Reset();
    }

    private readonly TensorView View(ref Lane lane, int value) =>
        new(Address(ref lane, value), lane.Shape, _plan.TypeOf(value));

    private readonly byte* Address(ref Lane lane, int value)
    {
        ref Place place = ref _places[value];
        return place.IsInSlot
            ? lane.Slots + (_plan.SlotOf(value) * (long)_plan.SlotBytes)
            : place.Array + (lane.Start * place.ItemSize);
    }

    /// <summary>Where a value is.</summary>
    private struct Place
    {
        /// <summary>The array that it comes from or goes to.</summary>
        internal byte* Array;

        internal int ItemSize;

        /// <summary>Whether steps find it in a slot, not in the array.</summary>
        internal bool IsInSlot;

        /// <summary>What its step does with it.</summary>
        internal Request Request;

        /// <summary>What becomes of the output when all steps are done with the tile: it gets what is in the slot.</summary>
        internal Request Late;
    }

    /// <summary>What one thread works with.</summary>
    private struct Lane
    {
        internal ScratchArena Arena;
        internal byte* Slots;
        internal Shape Shape;
        internal long Start;
        internal long Length;
        internal InputViews Inputs;
        internal OutputViews Outputs;
        internal StepRequests Requests;
    }

    [InlineArray(PointwiseProgram.MostArguments)]
    private struct InputViews
    {
        private TensorView _first;
    }

    [InlineArray(PointwiseProgram.MostStepOutputs)]
    private struct OutputViews
    {
        private TensorView _first;
    }

    [InlineArray(PointwiseProgram.MostStepOutputs)]
    private struct StepRequests
    {
        private Request _first;
    }
}
