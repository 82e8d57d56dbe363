using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>Packs recurrent weights, (gates * units, units), for <see cref="PanelProduct{T}"/>: blocks of units, a tile wide.</summary>
internal static unsafe class RecurrentWeights
{
    private const long ElementsPerThread = 32768;

    /// <summary>Blocks of units.</summary>
    internal static long Blocks<T>(long units)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => ((units - 1) / PanelProduct<T>.Width) + 1;

    /// <summary>Elements of packed weights.</summary>
    internal static long Size<T>(in RecurrentShape shape)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> =>
        Blocks<T>(shape.Units) * PanelProduct<T>.Width * shape.Gates * shape.Units;

    /// <summary>For the forward pass: from the state (depth) to the gates; a block holds a panel for each gate.</summary>
    internal static void PackForward<T>(in RecurrentShape shape, T* weights, T* target)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => Pack(shape, weights, target, &ForwardRange<T>);

    /// <summary>For the backward pass: from all gates (depth) to the state; a block holds one panel.</summary>
    internal static void PackBackward<T>(in RecurrentShape shape, T* weights, T* target)
        where T : unmanaged, INumber<T>, IMinMaxValue<T> => Pack(shape, weights, target, &BackwardRange<T>);

    private static void Pack<T>(
        in RecurrentShape shape,
        T* weights,
        T* target,
        delegate* <void*, long, long, void> range
    )
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        int width = PanelProduct<T>.Width;
        var work = new Work<T>
        {
            Weights = weights,
            Target = target,
            Units = shape.Units,
            Gates = shape.Gates,
            Width = width,
        };
        long each = shape.Gates * shape.Units * width;
        KernelTeam.Default.For(Blocks<T>(shape.Units), (ElementsPerThread / each) + 1, range, &work);
    }

    private static void ForwardRange<T>(void* state, long first, long last)
        where T : unmanaged
    {
        var work = (Work<T>*)state;
        long units = work->Units;
        int width = work->Width;
        for (long block = first; block < last; block++)
        {
            long unit = block * width;
            int count = (int)Math.Min(width, units - unit);
            for (long gate = 0; gate < work->Gates; gate++)
            {
                T* source = work->Weights + (((gate * units) + unit) * units);
                T* target = work->Target + (((block * work->Gates) + gate) * units * width);
                if (count < width)
                    LongRuns.Clear(target, units * width);
                Packing.Transpose(source, units, count, (int)units, target, width);
            }
        }
    }

    private static void BackwardRange<T>(void* state, long first, long last)
        where T : unmanaged
    {
        var work = (Work<T>*)state;
        long units = work->Units;
        long depth = work->Gates * units;
        int width = work->Width;
        for (long block = first; block < last; block++)
        {
            long unit = block * width;
            int count = (int)Math.Min(width, units - unit);
            T* target = work->Target + (block * depth * width);
            if (count < width)
                LongRuns.Clear(target, depth * width);
            Packing.Copy(work->Weights + unit, units, (int)depth, count, target, width);
        }
    }

    private struct Work<T>
        where T : unmanaged
    {
        public T* Weights;
        public T* Target;
        public long Units;
        public long Gates;
        public int Width;
    }
}
