using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Layers that take values from places which are data themselves: grids, samplers, regions, displacements.</summary>
internal static unsafe class SpatialFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        RegisterGrid(registry);
        RegisterSampler(registry);
        RegisterTransformer(registry);
        RegisterRegions(registry);
        RegisterCorrelation(registry);
    }

    private static void RegisterGrid(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("GridGenerator")
            {
                CountStoredOutputs = _ => 2,
                NewParameters = () => new GridParameters(),
                InferShape = InferGrid,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c =>
                    c.Set(0, c.CallWithSameParameters("_backward_GridGenerator", c.OutputGradient(0), c.Input(0))),
                Kernel = HalfPrecision.Widen(ForwardGrid),
            }
        );
        registry.Add(
            new OperatorDef("_backward_GridGenerator")
            {
                NewParameters = () => new GridParameters(),
                // Both forms of the layer are linear.
                Inputs = ["ograd", "data"],
                ShapeOnlyInputs = [1],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardGrid),
            }
        );
    }

    private static void InferGrid(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<GridParameters>();
        Shape data = shapes.Input(0);
        if (p.Kind == GridKind.Warp)
        {
            ShapeInference.Same(shapes);
            data = shapes.Input(0);
            if (data.Rank != 0 && (data.Rank != 4 || data[1] is not (0 or 2)))
                throw shapes.Error("a flow must have the shape (samples, 2, height, width).");
            return;
        }

        if (p.TargetShape is not [> 0, > 0])
            throw shapes.Error("an affine grid needs its height and width: give target_shape.");
        if (data.Rank != 0 && (data.Rank != 2 || data[1] is not (0 or 6)))
            throw shapes.Error("affine maps must have the shape (samples, 6).");
        shapes.SetOutput(0, new Shape(data.Rank == 0 ? 0 : data[0], 2, p.TargetShape[0], p.TargetShape[1]));
        shapes.SetInput(0, new Shape(shapes.Output(0)[0], 6));
    }

    private static void ForwardGrid(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        void* data = context.Input(0).Data;
        TensorView grid = context.Output(0);
        bool accumulate = context.Accumulates(0);
        (long batch, long height, long width) = (grid.Shape[0], grid.Shape[2], grid.Shape[3]);
        if (context.Parameters<GridParameters>().Kind == GridKind.Affine)
            SamplingGrid.Affine(grid.DType, data, grid.Data, batch, height, width, accumulate);
        else
            SamplingGrid.Warp(grid.DType, data, grid.Data, batch, height, width, accumulate);
    }

    private static void BackwardGrid(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView g = context.Input(0);
        void* dx = context.Output(0).Data;
        bool accumulate = context.Accumulates(0);
        (long batch, long height, long width) = (g.Shape[0], g.Shape[2], g.Shape[3]);
        if (context.Parameters<GridParameters>().Kind == GridKind.Affine)
            SamplingGrid.AffineBackward(g.DType, g.Data, dx, batch, height, width, accumulate);
        else
            SamplingGrid.WarpBackward(g.DType, g.Data, dx, batch, height, width, accumulate);
    }

    private static void RegisterSampler(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("BilinearSampler")
            {
                CountStoredOutputs = _ => 2,
                Inputs = ["data", "grid"],
                InferShape = InferSampler,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = Gradient.Backward("_backward_BilinearSampler", [0], [0, 1], [], count: 2),
                Kernel = HalfPrecision.Widen(ForwardSampler),
            }
        );
        registry.Add(
            new OperatorDef("_backward_BilinearSampler")
            {
                Inputs = ["ograd", "data", "grid"],
                Outputs = ["data", "grid"],
                InferShape = LikeInputs.Shapes(1, 2),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardSampler),
            }
        );
    }

    private static void InferSampler(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        Shape grid = shapes.Input(1);
        if (data.Rank is not (0 or 4))
            throw shapes.Error("the data must have the shape (samples, channels, height, width).");
        if (grid.Rank != 0 && (grid.Rank != 4 || grid[1] is not (0 or 2)))
            throw shapes.Error("the grid must have the shape (samples, 2, height, width).");
        if (data.Rank == 0 || grid.Rank == 0)
            return;
        shapes.SetInput(1, new Shape(data[0], 2, 0, 0));
        shapes.SetOutput(0, new Shape(data[0], data[1], grid[2], grid[3]));
    }

    private static BilinearSampling SamplingOf(Shape data, Shape result) =>
        new(data[0], data[1], data[2], data[3], result[2], result[3]);

    private static void ForwardSampler(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        if (context.Wants(0))
        {
            SamplingOf(x.Shape, y.Shape)
                .Forward(x.DType, x.Data, context.Input(1).Data, y.Data, context.Accumulates(0));
        }
    }

    private static void BackwardSampler(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        void* grid = context.Input(2).Data;
        BilinearSampling sampling = SamplingOf(x.Shape, g.Shape);
        if (context.Wants(0))
            sampling.BackwardData(x.DType, g.Data, grid, context.Output(0).Data, context.Accumulates(0));
        if (context.Wants(1))
            sampling.BackwardGrid(x.DType, g.Data, x.Data, grid, context.Output(1).Data, context.Accumulates(1));
    }

    private static void RegisterTransformer(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("SpatialTransformer")
            {
                CountStoredOutputs = _ => 2,
                NewParameters = () => new TransformerParameters(),
                Inputs = ["data", "loc"],
                InferShape = InferTransformer,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = Gradient.Backward("_backward_SpatialTransformer", [0], [0, 1], [], count: 2),
                Kernel = HalfPrecision.Widen(ForwardTransformer),
            }
        );
        registry.Add(
            new OperatorDef("_backward_SpatialTransformer")
            {
                NewParameters = () => new TransformerParameters(),
                Inputs = ["ograd", "data", "loc"],
                Outputs = ["data", "loc"],
                InferShape = LikeInputs.Shapes(1, 2),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardTransformer),
            }
        );
    }

    private static void InferTransformer(ShapeInference shapes)
    {
        long[] target = shapes.Operator.Parameters<TransformerParameters>().TargetShape;
        Shape data = shapes.Input(0);
        if (target is not [> 0, > 0])
            throw shapes.Error("target_shape must give the height and width of the result, both at least 1.");
        if (data.Rank == 0)
            return;
        if (data.Rank != 4)
            throw shapes.Error("the data must have the shape (samples, channels, height, width).");
        shapes.SetInput(1, new Shape(data[0], 6));
        shapes.SetOutput(0, new Shape(data[0], data[1], target[0], target[1]));
    }

    private static void* MovedGrid(ref KernelContext context, in TensorView maps, Shape result)
    {
        void* grid = context.Scratch(result[0] * 2 * result[2] * result[3] * maps.DType.ItemSize());
        SamplingGrid.Affine(maps.DType, maps.Data, grid, result[0], result[2], result[3], accumulate: false);
        return grid;
    }

    private static void ForwardTransformer(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView y = context.Output(0);
        void* grid = MovedGrid(ref context, context.Input(1), y.Shape);
        SamplingOf(x.Shape, y.Shape).Forward(x.DType, x.Data, grid, y.Data, context.Accumulates(0));
    }

    private static void BackwardTransformer(ref KernelContext context)
    {
        TensorView g = context.Input(0);
        TensorView x = context.Input(1);
        void* grid = MovedGrid(ref context, context.Input(2), g.Shape);
        BilinearSampling sampling = SamplingOf(x.Shape, g.Shape);
        if (context.Wants(0))
            sampling.BackwardData(x.DType, g.Data, grid, context.Output(0).Data, context.Accumulates(0));
        if (!context.Wants(1))
            return;
        (long batch, long height, long width) = (g.Shape[0], g.Shape[2], g.Shape[3]);
        void* gridGradient = context.Scratch(batch * 2 * height * width * x.DType.ItemSize());
        sampling.BackwardGrid(x.DType, g.Data, x.Data, grid, gridGradient, accumulate: false);
        void* maps = context.Output(1).Data;
        SamplingGrid.AffineBackward(x.DType, gridGradient, maps, batch, height, width, context.Accumulates(1));
    }

    private static void RegisterRegions(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("ROIPooling")
            {
                NewParameters = () => new RegionParameters(),
                Inputs = ["data", "rois"],
                Outputs = ["output", "places"],
                CountVisibleOutputs = _ => 1,
                InferShape = InferRegions,
                InferType = TypeRules.NeedsFirst(InferRegionTypes),
                Gradient = c =>
                {
                    c.Set(
                        0,
                        c.CallWithSameParameters(
                            "_backward_ROIPooling",
                            c.OutputGradient(0),
                            c.Input(0),
                            c.Input(1),
                            c.Output(1)
                        )
                    );
                    c.Set(1, c.Call("zeros_like", c.Input(1)));
                },
                Kernel = HalfPrecision.Widen(ForwardRegions),
            }
        );
        registry.Add(
            new OperatorDef("_backward_ROIPooling")
            {
                NewParameters = () => new RegionParameters(),
                Inputs = ["ograd", "data", "rois", "places"],
                InferShape = LikeInputs.Shapes(1),
                InferType = LikeInputs.Types(1),
                Kernel = HalfPrecision.Widen(BackwardRegions),
            }
        );
    }

    private static void InferRegions(ShapeInference shapes)
    {
        long[] pooled = shapes.Operator.Parameters<RegionParameters>().PooledSize;
        Shape data = shapes.Input(0);
        Shape regions = shapes.Input(1);
        if (data.Rank is not (0 or 4))
            throw shapes.Error("the data must have the shape (samples, channels, height, width).");
        if (regions.Rank != 0 && (regions.Rank != 2 || regions[1] is not (0 or 5)))
            throw shapes.Error("the regions must have the shape (regions, 5): image, left, top, right, bottom.");
        if (data.Rank == 0 || regions.Rank == 0)
            return;
        var result = new Shape(regions[0], data[1], pooled[0], pooled[1]);
        shapes.SetInput(1, new Shape(0, 5));
        shapes.SetOutput(0, result);
        shapes.SetOutput(1, result);
    }

    private static void InferRegionTypes(TypeInference types)
    {
        DType known = types.Input(0) != DType.None ? types.Input(0) : types.Output(0);
        known = known != DType.None ? known : types.Input(1);
        types.SetInput(0, known);
        types.SetInput(1, known);
        types.SetOutput(0, known);
        types.SetOutput(1, DType.Int64);
        FloatTypes.Check(types, known);
    }

    private static RegionPooling PoolingOf(RegionParameters p, Shape data, Shape regions) =>
        new(data[0], data[1], data[2], data[3], regions[0], p.PooledSize[0], p.PooledSize[1], p.Scale);

    private static void ForwardRegions(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView regions = context.Input(1);
        PoolingOf(context.Parameters<RegionParameters>(), x.Shape, regions.Shape)
            .Forward(
                x.DType,
                x.Data,
                regions.Data,
                context.Wants(0) ? context.Output(0).Data : null,
                context.Wants(1) ? context.Output(1).As<long>() : null,
                context.Accumulates(0)
            );
    }

    private static void BackwardRegions(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(1);
        TensorView regions = context.Input(2);
        PoolingOf(context.Parameters<RegionParameters>(), x.Shape, regions.Shape)
            .Backward(
                x.DType,
                context.Input(0).Data,
                regions.Data,
                context.Input(3).As<long>(),
                context.Output(0).Data,
                context.Accumulates(0)
            );
    }

    private static void RegisterCorrelation(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("Correlation")
            {
                CountStoredOutputs = _ => 3,
                NewParameters = () => new CorrelationParameters(),
                Inputs = ["data1", "data2"],
                InferShape = InferCorrelation,
                InferType = TypeRules.OrFloat32(FloatTypes.Same),
                Gradient = Gradient.Backward("_backward_Correlation", [0], [0, 1], [], count: 2),
                Kernel = HalfPrecision.Widen(ForwardCorrelation),
            }
        );
        registry.Add(
            new OperatorDef("_backward_Correlation")
            {
                NewParameters = () => new CorrelationParameters(),
                Inputs = ["ograd", "data1", "data2"],
                Outputs = ["data1", "data2"],
                InferShape = LikeInputs.Shapes(1, 2),
                InferType = FloatTypes.Same,
                Kernel = HalfPrecision.Widen(BackwardCorrelation),
            }
        );
    }

    private static void InferCorrelation(ShapeInference shapes)
    {
        Shape first = shapes.Input(0);
        Shape second = shapes.Input(1);
        if (first.Rank == 0 || second.Rank == 0)
            return;
        if (first.Rank != 4 || second.Rank != 4)
            throw shapes.Error("both images must have the shape (samples, channels, height, width).");
        if (!first.IsKnown || !second.IsKnown)
            return;
        bool fits = first[0] == second[0] && first[2] == second[2] && first[3] == second[3] && first[1] <= second[1];
        if (!fits)
            throw shapes.Error("both images must agree in samples, height and width, and in channels.");
        Correlation correlation = CorrelationOf(shapes.Operator.Parameters<CorrelationParameters>(), first, second);
        if (correlation.OutHeight < 1 || correlation.OutWidth < 1)
            throw shapes.Error("the images are too small for this displacement and kernel; pad them.");
        shapes.SetOutput(0, new Shape(first[0], correlation.OutChannels, correlation.OutHeight, correlation.OutWidth));
    }

    private static Correlation CorrelationOf(CorrelationParameters p, Shape first, Shape second) =>
        new(
            first[0],
            first[1],
            second[1],
            first[2],
            first[3],
            p.KernelSize,
            p.MaxDisplacement,
            p.Stride1,
            p.Stride2,
            p.Pad,
            p.IsMultiply
        );

    private static void ForwardCorrelation(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView first = context.Input(0);
        TensorView second = context.Input(1);
        CorrelationOf(context.Parameters<CorrelationParameters>(), first.Shape, second.Shape)
            .Forward(first.DType, first.Data, second.Data, context.Output(0).Data, context.Accumulates(0));
    }

    private static void BackwardCorrelation(ref KernelContext context)
    {
        void* g = context.Input(0).Data;
        TensorView first = context.Input(1);
        TensorView second = context.Input(2);
        Correlation correlation = CorrelationOf(context.Parameters<CorrelationParameters>(), first.Shape, second.Shape);
        for (int i = 0; i < 2; i++)
        {
            if (!context.Wants(i))
                continue;
            correlation.Backward(
                first.DType,
                g,
                first.Data,
                second.Data,
                context.Output(i).Data,
                ofSecond: i == 1,
                context.Accumulates(i)
            );
        }
    }
}
