using System.Runtime.InteropServices;
using CoreEngine.Kernels;
using CoreEngine.Runtime;

namespace CoreEngine.Operators;

/// <summary>
/// What one thread works with: the arguments of all steps of a program, of which from tile to tile only those change that
/// lie in arrays, not in slots.
/// </summary>
internal sealed unsafe class PointwiseLane
{
    [ThreadStatic]
    private static PointwiseLane? t_lane;

    [ThreadStatic]
    private static ScratchArena? t_arena;

    private readonly List<(int View, int Value)> _moving = [];
    private ScratchArena _arena = null!;
    private TensorView[] _views = [];
    private Request[] _requests = [];
    private PointwiseProgram _program = null!;
    private PointwisePlan _plan = null!;
    private PointwisePlace* _places;
    private bool _isTraining;
    private byte* _slots;
    private Shape _shape;
    private long _start;

    /// <summary>The calling thread's lane, for one call.</summary>
    internal static PointwiseLane ForThisThread(
        PointwiseProgram program,
        PointwisePlan plan,
        PointwisePlace* places,
        bool isTraining
    )
    {
        PointwiseLane lane = t_lane ??= new PointwiseLane();
        lane._arena = t_arena ??= new ScratchArena();
        lane._program = program;
        lane._plan = plan;
        lane._places = places;
        lane._isTraining = isTraining;
        if (lane._views.Length < program.ViewCount)
        {
            lane._views = new TensorView[program.ViewCount];
            lane._requests = new Request[program.ViewCount];
        }

        return lane;
    }

    /// <summary>Runs the program on some tiles.</summary>
    /// <param name="slots">Memory for the slots.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="last">The tile after the last one.</param>
    internal void Run(byte* slots, long first, long last)
    {
        _slots = slots;
        (long row, long part) = Math.DivRem(first, _plan.TilesPerRow);
        bool isPrepared = false;
        for (long tile = first; tile < last; tile++)
        {
            _start = (row * _plan.RowLength) + (part * _plan.TileLength);
            Shape shape = part == _plan.TilesPerRow - 1 ? _plan.LastTileShape : _plan.TileShape;
            if (!isPrepared || shape != _shape)
            {
                _shape = shape;
                PrepareViews();
                isPrepared = true;
            }
            else
            {
                MoveViews();
            }

            RunTile();
            if (++part == _plan.TilesPerRow)
            {
                part = 0;
                row++;
            }
        }

        // Once for all tiles: a fence waits until every store has gone out.
        if (_plan.IsLarge)
            Kernels.Elementwise.Fence();
    }

    private void PrepareViews()
    {
        _moving.Clear();
        int next = 0;
        for (int i = 0; i < _program.Steps.Length; i++)
        {
            PointwiseStep step = _program.Steps[i];
            foreach (int value in step.Arguments)
            {
                Prepare(next++, value);
            }

            for (int j = 0; j < step.Operator.OutputCount; j++)
            {
                int value = _program.FirstValueOf(i) + j;
                _requests[next] = _places[value].Request;
                Prepare(next++, value);
            }
        }
    }

    private void Prepare(int view, int value)
    {
        _views[view] = View(value);
        if (!_places[value].IsInSlot)
            _moving.Add((view, value));
    }

    private void MoveViews()
    {
        TensorView[] views = _views;
        foreach ((int view, int value) in CollectionsMarshal.AsSpan(_moving))
        {
            views[view].Data = Address(value);
        }
    }

    private TensorView View(int value) =>
        new(Address(value), _plan.IsNumber(value) ? PointwisePlan.NumberShape : _shape, _plan.TypeOf(value));

    private byte* Address(int value)
    {
        ref PointwisePlace place = ref _places[value];
        if (place.IsInSlot)
            return Slot(value);
        long element = _plan.IsNumber(value) ? _plan.NumberAt(value, _start) : _start;
        return place.Array + (element * place.ItemSize);
    }

    // A result that nobody takes has no slot; nobody asks for its memory either.
    private byte* Slot(int value) => _slots + (Math.Max(0, _plan.SlotOf(value)) * (long)_plan.SlotBytes);

    private void RunTile()
    {
        foreach (int input in _plan.Repeated)
        {
            Broadcast.Copy(
                _plan.TypeOf(input),
                _places[input].Array,
                _plan.InputShape(input),
                Slot(input),
                _plan.Full,
                _start,
                _shape[0]
            );
        }

        int next = 0;
        ReadOnlySpan<TensorView> views = _views;
        ReadOnlySpan<Request> requests = _requests;
        foreach (PointwiseStep step in _program.Steps)
        {
            int inputs = step.InputCount;
            int outputs = step.OutputCount;
            var context = new KernelContext(
                step.Operator,
                views.Slice(next, inputs),
                views.Slice(next + inputs, outputs),
                requests.Slice(next + inputs, outputs),
                _isTraining,
                default,
                _arena
            );
            step.Kernel(ref context);
            _arena.Reset();
            next += inputs + outputs;
        }

        foreach (int value in _program.Outputs)
        {
            if (_places[value].Late != Request.Null)
                Finish(value);
        }
    }

    private void Finish(int value)
    {
        ref PointwisePlace place = ref _places[value];
        byte* target = place.Array + (_start * place.ItemSize);
        if (place.PassesCaches)
        {
            Kernels.Elementwise.CopyPastCaches(Slot(value), target, _shape[0] * place.ItemSize);
            return;
        }

        Kernels.Elementwise.Unary<Identity>(
            _plan.TypeOf(value),
            Slot(value),
            target,
            _shape[0],
            place.Late == Request.Add
        );
    }
}
