using System.Runtime.CompilerServices;
using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// One run of a <see cref="PointwiseProgram"/>. The arrays are cut into tiles; a thread runs all steps on one tile before
/// it goes on to the next, and calls for each step the kernel of its operator.
/// </summary>
internal unsafe struct PointwiseCall
{
    /// <summary>Elements, summed over all steps, that are worth a thread.</summary>
    private const long Grain = 65536;

    private PointwiseProgram _program;
    private PointwisePlan _plan;
    private bool _isTraining;
    private int _lanes;
    private byte* _slots;
    private PointwisePlace* _places;

    internal static void Run(ref KernelContext context)
    {
        PointwiseProgram program = context.Parameters<FusedPointwiseParameters>().Program;
        PointwisePlan plan = program.PlanFor(ref context);
        PointwisePlace* places = stackalloc PointwisePlace[program.ValueCount];
        long elements = plan.RowLength * (plan.TileCount / plan.TilesPerRow) * program.Steps.Length;
        long threads = Math.Min(elements / Grain, KernelTeam.Default.Size);
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
            if (IsLostTooEarly(ref context, i))
            {
                long bytes = input.Size * input.DType.ItemSize();
                data = (byte*)context.Scratch(bytes);
                System.Buffer.MemoryCopy(input.Data, data, bytes, bytes);
            }

            _places[i] = new PointwisePlace
            {
                Array = data,
                ItemSize = input.DType.ItemSize(),
                IsInSlot = _plan.SlotOf(i) >= 0,
            };
        }
    }

    /// <summary>Whether an output takes the place of an input whose elements other tiles than those that overwrite them need.</summary>
    private readonly bool IsLostTooEarly(ref KernelContext context, int index)
    {
        TensorView input = context.Input(index);
        for (int i = 0; i < context.OutputCount; i++)
        {
            TensorView output = context.Output(i);
            bool isMisaligned = input.Shape != _plan.Full || output.DType.ItemSize() != input.DType.ItemSize();
            if (isMisaligned && context.Wants(i) && output.Data == input.Data)
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
            _places[value] = new PointwisePlace { IsInSlot = true, Request = isTaken ? Request.Write : Request.Null };
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
            bool mustWait = MustWait(ref context, i, out bool isShared);
            ref PointwisePlace place = ref _places[value];
            place.Array = (byte*)output.Data;
            place.ItemSize = output.DType.ItemSize();
            place.PassesCaches = _plan.IsLarge && !adds && !isShared;
            place.IsInSlot = mustWait || place.PassesCaches || (adds && _program.LastReaderOf(value) >= 0);
            place.Request = adds && !place.IsInSlot ? Request.Add : Request.Write;
            place.Late =
                !place.IsInSlot ? Request.Null
                : adds ? Request.Add
                : Request.Write;
        }

        return anyWanted;
    }

    /// <summary>Whether an output shares its memory with an input that is still needed after the output has been computed.</summary>
    private readonly bool MustWait(ref KernelContext context, int index, out bool isShared)
    {
        int value = _program.Outputs[index];
        int maker = _program.MakerOf(value);
        isShared = false;
        for (int i = 0; i < _program.InputCount; i++)
        {
            if (context.Input(i).Data != context.Output(index).Data)
                continue;
            isShared = true;
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
        PointwiseLane lane = PointwiseLane.ForThisThread(call._program, plan, call._places, call._isTraining);
        for (long i = start; i < end; i++)
        {
            lane.Run(
                call._slots + (i * plan.LaneBytes),
                plan.TileCount * i / call._lanes,
                plan.TileCount * (i + 1) / call._lanes
            );
        }
    }
}
