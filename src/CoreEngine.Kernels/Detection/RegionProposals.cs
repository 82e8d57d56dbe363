using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// The last layer of a region proposal network (Ren et al., "Faster R-CNN", 2015): moves the anchor boxes of every cell of
/// a feature map by the network's offsets, and keeps the best that do not overlap much (greedy non-maximum suppression).
/// Boxes are in pixels, their borders included: a box from 3 to 5 is 3 wide.
/// </summary>
/// <param name="Batch">Number of images.</param>
/// <param name="Height">Rows of cells.</param>
/// <param name="Width">Cells in a row.</param>
/// <param name="Candidates">How many of the best boxes compete; 0 or less: all.</param>
/// <param name="Results">How many boxes each image gets; where fewer are left, those are repeated.</param>
/// <param name="Threshold">From above what overlap (Jaccard index) on a worse box is dropped.</param>
/// <param name="LeastSize">Least width and height of a box in the original image; see the scale in <see cref="Propose"/>.</param>
/// <param name="Stride">Pixels of the image per cell.</param>
/// <param name="OffsetsAreCorners">
/// The network gives what to add to the four borders; else where the centre moves in widths and heights, and the logarithms
/// of the factors of width and height.
/// </param>
public readonly unsafe record struct RegionProposals(
    long Batch,
    long Height,
    long Width,
    long Candidates,
    long Results,
    float Threshold,
    float LeastSize,
    long Stride,
    bool OffsetsAreCorners
)
{
    /// <summary>Numbers of a result: image, left, top, right, bottom.</summary>
    public const int ResultWidth = 5;

    /// <summary>Numbers that describe an image: height, width, and its size over that of the original.</summary>
    public const int ImageWidth = 3;

    /// <summary>Bytes of scratch memory that <see cref="Propose"/> needs.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="shapes">Number of anchor boxes per cell.</param>
    public long Scratch(DType dtype, long shapes) => checked(Batch * ScratchOfImage(dtype.ItemSize(), shapes));

    private long ScratchOfImage(int itemSize, long shapes) =>
        checked(
            shapes
            * Height
            * Width
            * (4 * itemSize + (itemSize == sizeof(float) ? sizeof(ScoredPlace<float>) : sizeof(ScoredPlace<double>)))
        );

    /// <summary>Proposes boxes for every image.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="scales">Factors of the anchors' sizes.</param>
    /// <param name="ratios">Heights over widths of the anchors; each with all scales makes the shapes, in this order.</param>
    /// <param name="scores">Of background, then of object, for each shape (batch, 2 shapes, height, width).</param>
    /// <param name="offsets">Four for each shape (batch, 4 shapes, height, width).</param>
    /// <param name="images">
    /// <see cref="ImageWidth"/> numbers per image. Boxes are cut off at its borders; cells that begin beyond it, and boxes
    /// that are too small, count as worst (score -1).
    /// </param>
    /// <param name="results">Out: <see cref="ResultWidth"/> numbers per box (batch x results), the best box first.</param>
    /// <param name="resultScores">Out: the boxes' scores (batch x results).</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 16.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Propose(
        DType dtype,
        ReadOnlySpan<float> scales,
        ReadOnlySpan<float> ratios,
        void* scores,
        void* offsets,
        void* images,
        void* results,
        void* resultScores,
        void* scratch
    )
    {
        fixed (float* scale = scales)
        fixed (float* ratio = ratios)
        {
            var call = new Call
            {
                Sizes = this,
                Scales = scale,
                ScaleCount = scales.Length,
                Ratios = ratio,
                RatioCount = ratios.Length,
                Scores = scores,
                Offsets = offsets,
                Images = images,
                Results = results,
                ResultScores = resultScores,
                Scratch = (byte*)scratch,
            };
            switch (dtype)
            {
                case DType.Float32:
                    KernelTeam.Default.For(Batch, 1, &Run<float>, &call);
                    break;
                case DType.Float64:
                    KernelTeam.Default.For(Batch, 1, &Run<double>, &call);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(
                        nameof(dtype),
                        dtype,
                        "Only float32 and float64 are computed."
                    );
            }
        }
    }

    private struct Call
    {
        internal RegionProposals Sizes;
        internal float* Scales;
        internal long ScaleCount;
        internal float* Ratios;
        internal long RatioCount;
        internal void* Scores;
        internal void* Offsets;
        internal void* Images;
        internal void* Results;
        internal void* ResultScores;
        internal byte* Scratch;

        internal readonly long Shapes => ScaleCount * RatioCount;
    }

    private static void Run<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = (Call*)state;
        RegionProposals sizes = call->Sizes;
        long cells = sizes.Height * sizes.Width;
        long boxCount = call->Shapes * cells;
        for (long image = start; image < end; image++)
        {
            var order = (ScoredPlace<T>*)(call->Scratch + (image * sizes.ScratchOfImage(sizeof(T), call->Shapes)));
            T* boxes = (T*)(order + boxCount);
            for (long shape = 0; shape < call->Shapes; shape++)
            {
                sizes.Decode(
                    shape,
                    call->Shapes,
                    AnchorAround(
                        sizes.Stride,
                        call->Scales[shape % call->ScaleCount],
                        call->Ratios[shape / call->ScaleCount]
                    ),
                    (T*)call->Scores + (((2 * image * call->Shapes) + call->Shapes + shape) * cells),
                    (T*)call->Offsets + (4 * ((image * call->Shapes) + shape) * cells),
                    (T*)call->Images + (image * ImageWidth),
                    boxes,
                    order
                );
            }

            ScoreSort<T>.Run(order, boxCount);
            long competing = sizes.Candidates > 0 ? Math.Min(sizes.Candidates, boxCount) : boxCount;
            T* results = (T*)call->Results + (image * sizes.Results * ResultWidth);
            T* resultScores = (T*)call->ResultScores + (image * sizes.Results);
            long kept = sizes.Suppress(boxes, order, competing, T.CreateTruncating(image), results, resultScores);
            sizes.Repeat(kept, results, resultScores);
        }
    }

    /// <summary>Width and height of an anchor: whole numbers of about the cell's area, times the scale.</summary>
    private static (double Width, double Height) AnchorAround(long stride, float scale, float ratio)
    {
        float area = MathF.Floor((float)stride * stride / ratio);
        float width = MathF.Floor(MathF.Sqrt(area) + 0.5f);
        return (width * scale, MathF.Floor((width * ratio) + 0.5f) * scale);
    }

    /// <summary>The boxes that one shape of anchor has become in all cells.</summary>
    private void Decode<T>(
        long shape,
        long shapes,
        (double Width, double Height) anchor,
        T* scores,
        T* offsets,
        T* image,
        T* boxes,
        ScoredPlace<T>* order
    )
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T half = T.CreateTruncating(0.5);
        T stride = T.CreateTruncating(Stride);
        T width = T.CreateTruncating(anchor.Width);
        T height = T.CreateTruncating(anchor.Height);
        T middle = half * (stride - T.One);
        T reachX = half * (width - T.One);
        T reachY = half * (height - T.One);
        T right = image[1] - T.One;
        T bottom = image[0] - T.One;
        T least = T.CreateTruncating(LeastSize) * image[2];
        long realHeight = long.CreateSaturating(image[0] / stride);
        long realWidth = long.CreateSaturating(image[1] / stride);
        long cells = Height * Width;
        for (long cell = 0; cell < cells; cell++)
        {
            (long row, long column) = Math.DivRem(cell, Width);
            T x = middle + T.CreateTruncating(column * Stride);
            T y = middle + T.CreateTruncating(row * Stride);
            T first = offsets[cell];
            T second = offsets[cell + cells];
            T third = offsets[cell + (2 * cells)];
            T fourth = offsets[cell + (3 * cells)];
            T score = row >= realHeight || column >= realWidth ? T.NegativeOne : scores[cell];
            T* box = boxes + (4 * ((cell * shapes) + shape));
            if (OffsetsAreCorners)
            {
                (box[0], box[1]) = (x - reachX + first, y - reachY + second);
                (box[2], box[3]) = (x + reachX + third, y + reachY + fourth);
            }
            else
            {
                x += first * width;
                y += second * height;
                T movedX = half * ((T.Exp(third) * width) - T.One);
                T movedY = half * ((T.Exp(fourth) * height) - T.One);
                (box[0], box[1], box[2], box[3]) = (x - movedX, y - movedY, x + movedX, y + movedY);
            }

            (box[0], box[1]) = (Inside(box[0], right), Inside(box[1], bottom));
            (box[2], box[3]) = (Inside(box[2], right), Inside(box[3], bottom));
            if (box[2] - box[0] + T.One < least || box[3] - box[1] + T.One < least)
            {
                T growth = least * half;
                (box[0], box[1], box[2], box[3]) = (box[0] - growth, box[1] - growth, box[2] + growth, box[3] + growth);
                score = T.NegativeOne;
            }

            order[(cell * shapes) + shape] = new ScoredPlace<T> { Score = score, Place = (cell * shapes) + shape };
        }
    }

    private static T Inside<T>(T x, T last)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        x = last < x ? last : x;
        return x < T.Zero ? T.Zero : x;
    }

    /// <summary>Keeps each box that none of those before it overlaps too much; gives how many.</summary>
    private long Suppress<T>(T* boxes, ScoredPlace<T>* order, long competing, T image, T* results, T* resultScores)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T threshold = T.CreateTruncating(Threshold);
        long kept = 0;
        for (long i = 0; i < competing && kept < Results; i++)
        {
            T* box = boxes + (4 * order[i].Place);
            if (IsCovered(box, results, kept, threshold))
                continue;
            T* result = results + (kept * ResultWidth);
            (result[0], result[1], result[2], result[3], result[4]) = (image, box[0], box[1], box[2], box[3]);
            resultScores[kept++] = order[i].Score;
        }

        return kept;
    }

    private static bool IsCovered<T>(T* box, T* results, long kept, T threshold)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T area = (box[2] - box[0] + T.One) * (box[3] - box[1] + T.One);
        for (T* other = results + 1; other < results + (kept * ResultWidth); other += ResultWidth)
        {
            T width = (box[2] < other[2] ? box[2] : other[2]) - (box[0] > other[0] ? box[0] : other[0]) + T.One;
            T height = (box[3] < other[3] ? box[3] : other[3]) - (box[1] > other[1] ? box[1] : other[1]) + T.One;
            T shared = (width > T.Zero ? width : T.Zero) * (height > T.Zero ? height : T.Zero);
            T otherArea = (other[2] - other[0] + T.One) * (other[3] - other[1] + T.One);
            if (shared / (otherArea + area - shared) > threshold)
                return true;
        }

        return false;
    }

    /// <summary>Fills the places behind the boxes that were kept with the same boxes, again and again.</summary>
    private void Repeat<T>(long kept, T* results, T* resultScores)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (long i = kept; i < Results; i++)
        {
            for (int j = 0; j < ResultWidth; j++)
            {
                results[(i * ResultWidth) + j] = results[((i - kept) * ResultWidth) + j];
            }

            resultScores[i] = resultScores[i - kept];
        }
    }
}
